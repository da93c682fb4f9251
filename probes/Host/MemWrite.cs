using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Host;

/// <summary>Streams a pattern out; nothing is read.</summary>
public sealed class MemWrite : IProbe
{
    static readonly ProbeInfo About = StreamInfo.Of("mem.write", "Store of a pattern to an array of doubles: memory write bandwidth", "N written");

    public ProbeInfo Info => About;

    public IPreparedProbe Prepare(ProbeRequest request) => StreamProbe.Prepare(StreamKernel.Write, request);
}
