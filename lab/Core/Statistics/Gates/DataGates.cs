namespace GpuLab.Statistics.Gates;

/// <summary>Samples that are missing, are no numbers, or cannot be in the order in which they say they were taken.</summary>
static class DataGates
{
    public const string DroppedFlag = "dropped", WrongDataFlag = "wrong-data", FutureFlag = "from-the-future";

    /// <summary>Share of marked samples above which a figure is suspect (MEASUREMENT 2.10).</summary>
    const double MarkedShare = 0.05;

    public static IEnumerable<Hit> Dropped(CellEvidence cell)
    {
        foreach (var slice in cell.Flags.Where(f => f.Flag.Is(DroppedFlag)).GroupBy(f => f.Flag.Slice))
        {
            var on = slice.Key is null ? "" : $" of {slice.Key}";
            yield return new(new(Severity.Suspect, "dropped", cell.Name,
                Say.Text($"Samples{on} were lost in {slice.Count()} of {cell.Trials.Count} repeats, because they came faster than they were read."),
                "Let each sample hold more operations, or give the coordinator a processor of its own."), slice.Key);
        }
    }

    public static IEnumerable<Hit> WrongData(CellEvidence cell)
    {
        foreach (var slice in cell.Flags.Where(f => f.Flag.Is(WrongDataFlag)).GroupBy(f => f.Flag.Slice))
        {
            yield return new(new(Severity.Invalid, WrongDataFlag, cell.Name,
                Say.Text($"In {slice.Count()} of {cell.Trials.Count} repeats the data that the kernel left behind were wrong."),
                "See events.jsonl for what was wrong; suspect the memory of the device, then the probe: run gpulab selftest."), slice.Key);
        }
    }

    /// <summary>Samples that say that they began after the phase in which they were taken had ended.</summary>
    public static IEnumerable<Hit> Future(CellEvidence cell)
    {
        foreach (var slice in cell.Flags.Where(f => f.Flag.Is(FutureFlag)).GroupBy(f => f.Flag.Slice))
        {
            yield return new(new(Severity.Invalid, FutureFlag, cell.Name,
                Say.Text($"In {slice.Count()} of {cell.Trials.Count} repeats {slice.Key} reported samples that began after the end of their phase: its clock is ahead."),
                "The clock cannot be trusted: check the clock source of the machine, and the worker that maps device time to it."), slice.Key);
        }
    }

    public static Finding? NotFinite(FigureEvidence evidence)
    {
        var count = evidence.Series.Sum(s => s.NotFinite);
        return count == 0 ? null : new(Severity.Invalid, "not-finite", evidence.Figure.Name,
            Say.Text($"{count} of {count + evidence.Figure.Samples} samples are not numbers."), "This is a fault of the probe or its clock: run gpulab selftest.");
    }

    public static Finding? Backwards(FigureEvidence evidence)
    {
        var count = evidence.Series.Sum(s => s.Backwards);
        return count == 0 ? null : new(Severity.Invalid, "backwards", evidence.Figure.Name,
            Say.Text($"{count} samples end before they start, or start before the one before them."), "The clock cannot be trusted: check the clock source of the machine and the clock fits in events.jsonl.");
    }

    public static Finding? Marked(FigureEvidence evidence)
    {
        var marks = evidence.Series.SelectMany(s => s.Marked).GroupBy(m => m.Key).Select(g => (Mark: g.Key, Count: g.Sum(m => m.Value))).OrderByDescending(m => m.Count).ToList();
        if (marks.Count == 0 || marks[0].Count <= MarkedShare * evidence.Figure.Samples) return null;
        return new(Severity.Suspect, "marked", evidence.Figure.Name,
            $"{Model.Pretty.Percent((double)marks[0].Count / evidence.Figure.Samples)} of the samples are marked {marks[0].Mark} by the worker.",
            "Fix the clocks, or the state the cell asks for, and measure again.");
    }
}
