using GpuLab.Results;
using GpuLab.Sweeps;

namespace GpuLab.Running;

/// <summary>
/// Brings what trials gave to the disk, one after the other. Where nothing is timed that this could disturb, the disk works on one trial while the next runs.
/// </summary>
/// <param name="behind">Whether to write behind the next trial: simulated devices only.</param>
/// <param name="ended">Told of each trial that is on the disk, by whoever writes the next or settles.</param>
sealed class TrialWriter(bool behind, Action<Trial, TrialDone, IReadOnlyList<SampleRow>> ended)
{
    (Trial Trial, Task<TrialDone> Writing, IReadOnlyList<SampleRow> Rows)? pending;

    /// <param name="write">Appends and finishes the trial.</param>
    /// <exception cref="RunFolderException">It, or the trial before it, is not on the disk.</exception>
    public async Task Write(Trial trial, Func<TrialDone> write, IReadOnlyList<SampleRow> rows)
    {
        await Settle();
        pending = (trial, behind ? Task.Run(write) : Task.FromResult(write()), rows);
        if (!behind) await Settle();
    }

    /// <summary>Waits until all that was written is on the disk.</summary>
    /// <exception cref="RunFolderException">It is not.</exception>
    public async Task Settle()
    {
        if (pending is not { } last) return;
        pending = null;
        ended(last.Trial, await last.Writing, last.Rows);
    }
}
