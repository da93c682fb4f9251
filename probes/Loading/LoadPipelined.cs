using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>Loading with reads and copies at the same time.</summary>
public sealed class LoadPipelined : IProbe, IForesight
{
    static readonly ProbeInfo About = LoadInfo.Of("load.pipelined", "Load of model weights into the slice: parallel reads past the page cache, copies as soon as a chunk is there",
        LoadInfo.Chunk, LoadInfo.Threads, LoadInfo.Pool);

    public ProbeInfo Info => About;

    public IPreparedProbe Prepare(ProbeRequest request) => LoadProbe.Prepare(request, pipelined: true);

    string? IForesight.Obstacle(Slice slice, Parameters parameters) => LoadInfo.Obstacle(parameters, pipelined: true);
}
