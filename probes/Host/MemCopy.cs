using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Host;

/// <summary>Streams one array into another.</summary>
public sealed class MemCopy : IProbe
{
    static readonly ProbeInfo About = StreamInfo.Of("mem.copy", "Copy between two arrays of doubles: memory copy bandwidth", "2N, N read and N written");

    public ProbeInfo Info => About;

    public IPreparedProbe Prepare(ProbeRequest request) => StreamProbe.Prepare(StreamKernel.Copy, request);
}
