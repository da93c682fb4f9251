using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>Loading as a plain program does it: read, then copy.</summary>
public sealed class LoadPlain : IProbe, IForesight
{
    static readonly ProbeInfo About = LoadInfo.Of("load.plain", "Load of model weights into the slice: one thread reads everything, then it is copied");

    public ProbeInfo Info => About;

    public IPreparedProbe Prepare(ProbeRequest request) => LoadProbe.Prepare(request, pipelined: false);

    string? IForesight.Obstacle(Slice slice, Parameters parameters) => LoadInfo.Obstacle(parameters, pipelined: false);
}
