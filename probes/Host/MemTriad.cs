using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Host;

/// <summary>The STREAM triad; a write-allocate, where the processor does one, is not counted.</summary>
public sealed class MemTriad : IProbe
{
    static readonly ProbeInfo About = StreamInfo.Of("mem.triad", "a = b + s·c over three arrays of doubles: STREAM triad bandwidth", "3N as STREAM counts");

    public ProbeInfo Info => About;

    public IPreparedProbe Prepare(ProbeRequest request) => StreamProbe.Prepare(StreamKernel.Triad, request);
}
