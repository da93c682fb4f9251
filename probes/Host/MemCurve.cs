using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Host;

/// <summary>
/// Copy from one half of a working set to its other half, again and again, with ordinary stores: bandwidth by size shows every
/// cache as a step. The working set is what the whole slice touches, divided over its threads.
/// </summary>
public sealed class MemCurve : IProbe
{
    static readonly ProbeInfo About = new(
        "mem.curve", "Hot copy within a working set: bandwidth of the caches and of memory", Resource.Cache,
        [new("mem.curve/bandwidth", "B/s", Better.Higher, Across.Sum, "Bytes counted (read and written) per second of the timed region")],
        [new("bytes", ParameterType.Bytes, "Working set in total, half read and half written", ParameterValue.Bytes(64 << 20), Min: 8 << 10)],
        Precision.Rate, Axis: "bytes");

    public ProbeInfo Info => About;

    public IPreparedProbe Prepare(ProbeRequest request) => StreamProbe.Prepare(StreamKernel.HotCopy, request);
}
