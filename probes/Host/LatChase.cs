using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Host;

/// <summary>
/// Latency of dependent loads: one thread follows a random cycle that visits every cache line of the working set once a lap.
/// </summary>
public sealed class LatChase : IProbe
{
    static readonly ProbeInfo About = new(
        "lat.chase", "Dependent loads along a random cycle of cache lines: latency of the caches and of memory", Resource.Latency,
        [new("lat.chase/latency", "s", Better.Lower, Across.Worst, "Time of one dependent load")],
        [new("bytes", ParameterType.Bytes, "Working set", ParameterValue.Bytes(256 << 20), Min: 4 << 10)],
        Precision.Latency, Axis: "bytes");

    public ProbeInfo Info => About;

    public IPreparedProbe Prepare(ProbeRequest request) => ChaseProbe.Prepare(request);
}
