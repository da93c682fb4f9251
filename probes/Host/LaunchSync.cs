using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Host;

/// <summary>
/// The host's counterpart of launching work and waiting for it: one thread wakes another through a futex and is woken in return.
/// </summary>
public sealed class LaunchSync : IProbe
{
    static readonly ProbeInfo About = new(
        "launch.sync", "Wake of a sleeping thread: half of a round trip", Resource.Launch,
        [new("launch.sync/latency", "s", Better.Lower, Across.Worst, "Half of a round trip between two threads")],
        [], Precision.Latency);

    public ProbeInfo Info => About;

    public IPreparedProbe Prepare(ProbeRequest request) => WakeProbe.Prepare(request);
}
