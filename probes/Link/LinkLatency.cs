using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Latency;
using GpuLab.Running;

namespace GpuLab.Probes.Link;

/// <summary>The link's latency in one of three ways.</summary>
sealed class LinkLatency(ProbeInfo info) : IProbe
{
    /// <summary>Bytes of pinned memory that dependent loads go through: more than any cache of a GPU or of a host's core holds.</summary>
    const int LoadBytes = 64 << 20;

    public ProbeInfo Info => info;

    public IPreparedProbe Prepare(ProbeRequest request) => request.Parameters.Word("kind", LinkInfo.Load) switch
    {
        LinkInfo.Flag => new FlagLatencyProbe(CudaSession.Current),
        LinkInfo.Copy => new CopyLatencyProbe(CudaSession.Current, request.Seed),
        _ => new GpuChaseProbe(CudaSession.Current, overLink: true, LoadBytes / DeviceRing.Line, request.Seed),
    };
}
