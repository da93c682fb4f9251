namespace GpuLab.Control.Mig;

/// <summary>How a GPU may be changed.</summary>
/// <param name="Wait">How long to wait for another process that changes it, and for processes that use what would change.</param>
/// <param name="ChangeMode">Whether MIG mode may be switched.</param>
/// <param name="Pause">Waits between attempts; null waits in real time.</param>
/// <param name="Now">Nanoseconds, for what steps take; null for CLOCK_MONOTONIC.</param>
/// <param name="Say">Told what happens besides what was asked for, such as the recovery of an earlier change.</param>
public sealed record MigOptions(TimeSpan Wait = default, bool ChangeMode = true, Func<TimeSpan, CancellationToken, Task>? Pause = null, Action<string>? Say = null,
    Func<long>? Now = null)
{
    public static readonly MigOptions Default = new();
}
