using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>Loading to memory of a GPU.</summary>
/// <param name="info">That of the host's probe: the figures mean the same.</param>
sealed class GpuLoad(ProbeInfo info, bool pipelined) : IProbe, IForesight
{
    public ProbeInfo Info => info;

    public IPreparedProbe Prepare(ProbeRequest request) => LoadProbe.Prepare(request, pipelined, CudaSession.Current);

    string? IForesight.Obstacle(Slice slice, Parameters parameters) => LoadInfo.Obstacle(parameters, pipelined, slice);
}
