using System.Diagnostics;

namespace GpuLab.Probes.Host;

/// <summary>CLOCK_MONOTONIC in nanoseconds: the common clock of all workers of one host.</summary>
static class MonotonicClock
{
    /// <summary>On Linux a Stopwatch tick is one nanosecond of CLOCK_MONOTONIC.</summary>
    public static long Now => Stopwatch.GetTimestamp();
}
