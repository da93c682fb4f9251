namespace GpuLab.Statistics.Gates;

/// <summary>Repeats that ended before their figure was as precise as asked.</summary>
static class StoppingGates
{
    public static IEnumerable<Hit> Noisy(CellEvidence cell) => Flagged(cell, "NOISY", "noisy",
        "ended because the noise would not go down; the median is less precise than asked",
        "Stop other load on the machine and fix clocks, or accept the interval that is shown by asking for less precision.");

    public static IEnumerable<Hit> TimedOut(CellEvidence cell) => Flagged(cell, "TIMEOUT", "timeout",
        "ran out of time; the median is less precise than asked",
        "Allow more time for each repeat, ask for less precision, or quiet the machine.");

    public static IEnumerable<Finding> FewRepeats(RunEvidence run)
    {
        var few = run.Figures.Count(f => f.Repeats < HierarchicalBootstrap.LeastRepeats);
        if (few == 0) yield break;
        yield return new(Severity.Note, "few-repeats", "run",
            Say.Text($"{few} of {run.Figures.Count} figures have fewer than {HierarchicalBootstrap.LeastRepeats} repeats: the range of the repeats is shown instead of a 95 % interval."),
            Say.Text($"Set repeats: {HierarchicalBootstrap.LeastRepeats} or more for intervals and verdicts."));
    }

    static IEnumerable<Hit> Flagged(CellEvidence cell, string flag, string gate, string what, string remedy)
    {
        foreach (var slice in cell.Flags.Where(f => f.Flag.Is(flag)).GroupBy(f => f.Flag.Slice))
        {
            var repeats = slice.DistinctBy(f => f.Trial.Repeat).Count();
            var on = slice.Key is null ? "" : $" on {slice.Key}";
            yield return new(new(Severity.Suspect, gate, cell.Name, Say.Text($"{repeats} of {cell.Trials.Count} repeats{on} {what}."), remedy), slice.Key);
        }
    }
}
