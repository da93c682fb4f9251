using GpuLab.Results;

namespace GpuLab.Running;

/// <summary>What one trial brought, before it is written.</summary>
/// <param name="Rows">In order of phase, slice and time.</param>
/// <param name="Events">Readiness and windows.</param>
/// <param name="TimedSeconds">Wall time of phases: timed regions, warm-up and required waits.</param>
public sealed record TrialResult(IReadOnlyList<SampleRow> Rows, IReadOnlyList<RunEvent> Events, IReadOnlyList<string> Flags, double TimedSeconds);

/// <summary>How long the coordinator waits before it calls a worker hung.</summary>
/// <param name="Hello">From process start to the first word.</param>
/// <param name="Prepare">For allocation, filling and checks.</param>
/// <param name="Silence">Between two samples.</param>
public sealed record Timeouts(TimeSpan Hello, TimeSpan Prepare, TimeSpan Silence)
{
    /// <summary>A GPU's driver that nothing keeps loaded takes many seconds to start, and a worker says hello only after it.</summary>
    public static readonly Timeouts Default = new(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(30));

    /// <summary>All the same: for tests and for people who know their probes.</summary>
    public static Timeouts All(TimeSpan limit) => new(limit, limit, limit);
}
