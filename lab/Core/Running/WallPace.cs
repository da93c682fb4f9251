namespace GpuLab.Running;

/// <summary>Real time.</summary>
sealed class WallPace : IPace
{
    /// <summary>From setting the deadline to the start; workers are armed by then and only have to spin.</summary>
    const long Lead = 1_000_000;

    /// <summary>Longest sleep of the coordinator between two looks.</summary>
    const long LongestSleep = 200_000_000;

    long start, allowed;

    public long Elapsed => Math.Max(0, Monotonic.Now - start);

    public long Start(IReadOnlyList<ArenaSlot> workers) => start = Monotonic.Now + Lead;

    public long Now => Monotonic.Now;

    public void Allow(long nanoseconds) => allowed = nanoseconds;

    public Task Wait(CancellationToken cancel) => Task.Delay(TimeSpan.FromMilliseconds(Math.Max(1, Math.Min(allowed, LongestSleep) / 1e6)), cancel);

    public bool Reached(IReadOnlyList<ArenaSlot> workers) => true;

    public long Silence(ArenaSlot worker) => Monotonic.Now - worker.Heartbeat;
}
