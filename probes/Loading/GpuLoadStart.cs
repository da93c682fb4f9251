using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>A cold start of a model on a GPU: driver, context and kernels are phases of it.</summary>
sealed class GpuLoadStart : IProbe, IForesight
{
    public ProbeInfo Info => LoadStart.About;

    public IPreparedProbe Prepare(ProbeRequest request) => LoadStartProbe.Prepare(request, CudaSession.Current);

    string? IForesight.Obstacle(Slice slice, Parameters parameters) => LoadInfo.Obstacle(parameters, pipelined: true, slice);
}
