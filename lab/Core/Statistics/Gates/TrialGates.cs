namespace GpuLab.Statistics.Gates;

/// <summary>What was asked for and is not there, or only in part.</summary>
static class TrialGates
{
    /// <summary>Flags that have a gate of their own.</summary>
    static readonly string[] Known = ["NOISY", "TIMEOUT", OverlapGates.Flag, Results.SampleRow.Interleaved, OverlapGates.CoarseFlag, OverlapGates.RepeatedFlag, DataGates.DroppedFlag, DataGates.WrongDataFlag, DataGates.FutureFlag, HostGates.OtherRunFlag];

    public static IEnumerable<Hit> Failed(CellEvidence cell)
    {
        foreach (var reason in cell.Trials.Where(t => t.Done.Status == "failed").GroupBy(t => t.Done.Reason))
        {
            var severity = cell.Measured.Any() ? Severity.Suspect : Severity.Invalid;
            yield return new Finding(severity, "failed", cell.Name, Say.Text($"{reason.Count()} of {cell.Trials.Count} repeats failed: {reason.Key}"),
                "Read the worker's log in the run folder, mend the cause, and run the sweep again with --resume.");
        }
    }

    public static IEnumerable<Hit> Skipped(CellEvidence cell)
    {
        foreach (var reason in cell.Trials.Where(t => t.Done.Status == "skipped").GroupBy(t => t.Done.Reason))
        {
            yield return new Finding(Severity.Note, "skipped", cell.Name, $"Not measured here: {reason.Key}", "Nothing, unless this cell is needed: then choose values that this device can measure.");
        }
    }

    /// <summary>No flag passes silently only because it is new.</summary>
    public static IEnumerable<Hit> Flagged(CellEvidence cell)
    {
        foreach (var flag in cell.Flags.Select(f => f.Flag).Where(f => !Known.Any(f.Is)).DistinctBy(f => (f.Word, f.Slice)))
        {
            var invalid = flag.Word.StartsWith("INVALID", StringComparison.Ordinal);
            yield return new(new(invalid ? Severity.Invalid : Severity.Suspect, flag.Word, cell.Name,
                $"The trial was flagged {flag.Word}{(flag.Slice is null ? "" : $" on {flag.Slice}")}{(flag.Detail is null ? "" : $": {flag.Detail}")}.", "See events.jsonl of the run for what happened."), flag.Slice);
        }
    }

    public static IEnumerable<Finding> LeftOut(RunEvidence run) => run.Run.Plan.Skips.Select(s =>
        new Finding(Severity.Note, "skipped", s.What, Say.Text($"Left out of the plan ({s.Cells} {(s.Cells == 1 ? "cell" : "cells")}): {s.Reason}"), "Change the sweep where this is needed."));

    public static IEnumerable<Finding> Unfinished(RunEvidence run)
    {
        var done = run.Cells.Sum(c => c.Trials.Count);
        var planned = run.Run.Plan.Trials.Count;
        if (done >= planned) yield break;
        yield return new(Severity.Suspect, "unfinished", "run", Say.Text($"{planned - done} of {planned} trials have not run."), "Go on with: gpulab run --resume.");
    }
}
