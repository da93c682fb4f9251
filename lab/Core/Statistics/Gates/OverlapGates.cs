using GpuLab.Results;

namespace GpuLab.Statistics.Gates;

/// <summary>Slices that were to be measured together must be shown to have worked together.</summary>
static class OverlapGates
{
    public const string Flag = "no-overlap", CoarseFlag = Running.Dialling.CoarseFlag, RepeatedFlag = "repeated";

    /// <summary>Where more of the repeats than this were measured twice, those that count are a choice of quiet moments.</summary>
    const double MostRepeated = 0.25;

    /// <summary>Least busy share of the common window.</summary>
    public const double Least = 0.95;

    public static IEnumerable<Hit> NoOverlap(CellEvidence cell)
    {
        var flagged = cell.Flags.Where(f => f.Flag.Is(Flag)).Select(f => f.Trial).Distinct().Count();
        if (flagged > 0)
        {
            yield return Of(cell, Say.Text($"In {flagged} of {cell.Trials.Count} repeats the slices did not work together for long enough."));
            yield break;
        }
        var idle = cell.Measured.Where(t => t.Window is not null).SelectMany(t => t.Window!.Busy).Where(b => !(b.Value >= Least * cell.Cell.DutyOf(b.Key))).OrderBy(b => b.Value).FirstOrDefault();
        if (idle.Key is not null)
        {
            yield return Of(cell, $"{idle.Key} was busy for only {Model.Pretty.Percent(idle.Value)} of the common window.");
            yield break;
        }
        var unproven = cell.Measured.Count(t => t.Window is null && t.Ready.Count > 1);
        if (unproven > 0) yield return Of(cell, Say.Text($"{unproven} of {cell.Trials.Count} repeats have no record of a common window."));
    }

    /// <summary>Slices that were kept waiting for a processor: the intervals of their samples overlap whether they worked or waited.</summary>
    public static IEnumerable<Hit> Interleaved(CellEvidence cell)
    {
        var windows = cell.Windows(Results.Phase.Interleaved).ToList();
        if (windows.Count == 0) yield break;
        var (slice, share) = windows.SelectMany(w => w.Waiting!).MaxBy(w => w.Value);
        var finding = new Finding(Severity.Suspect, SampleRow.Interleaved, cell.Name,
            Say.Text($"In {windows.Count} of {cell.Trials.Count} repeats slices were kept waiting for a processor, {slice} for up to {Model.Pretty.Percent(share)} of its time: that they worked at the same time is not proven. These repeats are figures of their own, and no verdict rests on them."),
            "Give each slice processors of its own, stop other load, and raise the processor limit of the container; then measure again.");
        yield return new(finding, Phase: Results.Phase.Interleaved);
        // What is left is a choice of quiet moments.
        if (windows.Count > MostRepeated * cell.Trials.Count) yield return new(finding, Phase: Results.Phase.Together);
    }

    /// <summary>A slice whose usual sample tells another rate than its work in the window: it was idle in between, or its samples are skewed.</summary>
    public static Finding? RatesDiffer(FigureEvidence evidence)
    {
        var figure = evidence.Figure;
        if (figure.Proof is not { } proof || !(Math.Abs(proof.Gap) > OverlapProof.MostGap) || figure.Metric != figure.Probe.Main) return null;
        // Where the window is filled with samples, no time is missing: some of them are only slower than the median.
        var idle = proof.Busy < 1 - OverlapProof.MostGap;
        return new(idle ? Severity.Suspect : Severity.Note, "rates-differ", figure.Name,
            $"Its work in the common window is {Model.Pretty.Percent(Math.Abs(proof.Gap))} {(proof.Gap > 0 ? "less" : "more")} than its usual sample tells{(idle ? ": it was idle in between." : ", although it was never idle: its samples are skewed.")}",
            idle ? "Look at what runs between samples; give each slice processors of its own." : "Prefer the aggregate, which is work by time, to the median.");
    }

    /// <summary>Repeats that were measured again because the slices had not worked together.</summary>
    public static IEnumerable<Hit> Repeated(CellEvidence cell)
    {
        var repeated = cell.Flags.Where(f => f.Flag.Is(RepeatedFlag)).Select(f => f.Trial).Distinct().Count();
        if (repeated == 0) yield break;
        yield return new(new(repeated > MostRepeated * cell.Trials.Count ? Severity.Suspect : Severity.Note, RepeatedFlag, cell.Name,
            Say.Text($"{repeated} of {cell.Trials.Count} repeats were measured twice, because at first it was not shown that the slices worked together for long enough: what counts is from quieter moments."),
            "Stop other load and give each slice processors of its own; then measure again."), Phase: Results.Phase.Together);
    }

    /// <summary>An aggressor whose load goes on and off too slowly for its victim.</summary>
    public static IEnumerable<Hit> Coarse(CellEvidence cell)
    {
        if (!cell.Flags.Any(f => f.Flag.Is(CoarseFlag))) yield break;
        yield return new(new(Severity.Suspect, CoarseFlag, cell.Name, "The aggressors' load goes on and off so slowly that a sample of the victim sees a part of it by chance.",
            "Give the aggressors smaller work, such as fewer bytes, or the victim longer samples."), Phase: Results.Phase.Together);
    }

    static Hit Of(CellEvidence cell, string message) => new(new(Severity.Invalid, Flag, cell.Name, message,
        "Give each slice processors of its own, stop other load, and allow more time for each repeat."), Phase: Results.Phase.Together);
}
