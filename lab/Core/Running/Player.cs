using GpuLab.Sweeps;

namespace GpuLab.Running;

/// <summary>A slice at work in a trial, and the worker that does it.</summary>
sealed record Player(Work Work, WorkerProcess Worker)
{
    public bool IsVictim => Work.Role == Role.Victim;

    /// <summary>Nanoseconds from one start of a sample to the next; 0 for back to back. Known once a dialled slice has worked alone.</summary>
    public long Pace { get; set; }
}
