using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Host;

/// <summary>Streams an array in; its sum, exact because the data are integers, proves that every byte was read.</summary>
public sealed class MemRead : IProbe
{
    static readonly ProbeInfo About = StreamInfo.Of("mem.read", "Sum of an array of doubles: memory read bandwidth", "N read");

    public ProbeInfo Info => About;

    public IPreparedProbe Prepare(ProbeRequest request) => StreamProbe.Prepare(StreamKernel.Read, request);
}
