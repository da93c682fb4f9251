namespace GpuLab.Running;

/// <summary>
/// The clock that phases run by. Real devices run by the wall clock; simulated ones produce as much as they are allowed to, so that
/// what is looked at, and when a phase ends, depends on the sweep and its seed alone.
/// </summary>
interface IPace
{
    /// <summary>When the next phase starts, on the clock of its samples; called once its workers are armed.</summary>
    long Start(IReadOnlyList<ArenaSlot> workers);

    /// <summary>Since the start of the phase, nanoseconds.</summary>
    long Elapsed { get; }

    /// <summary>The time on the clock of samples, beyond which none can have begun.</summary>
    long Now { get; }

    /// <summary>Lets the workers go on for so many nanoseconds.</summary>
    void Allow(long nanoseconds);

    /// <summary>Waits a while: as long as was allowed, or less, so that a dead worker or Ctrl-C is noticed.</summary>
    Task Wait(CancellationToken cancel);

    /// <summary>Whether all workers have produced what they were allowed to.</summary>
    bool Reached(IReadOnlyList<ArenaSlot> workers);

    /// <summary>Wall time since a worker last showed that it goes on, nanoseconds.</summary>
    long Silence(ArenaSlot worker);
}
