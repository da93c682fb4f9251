namespace GpuLab.Statistics.Gates;

/// <summary>Slices that were to be measured together must be shown to have worked together.</summary>
static class OverlapGates
{
    public const string Flag = "no-overlap";

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
        var idle = cell.Measured.Where(t => t.Window is not null).SelectMany(t => t.Window!.Busy).Where(b => !(b.Value >= Least)).OrderBy(b => b.Value).FirstOrDefault();
        if (idle.Key is not null)
        {
            yield return Of(cell, $"{idle.Key} was busy for only {Model.Pretty.Percent(idle.Value)} of the common window.");
            yield break;
        }
        var unproven = cell.Measured.Count(t => t.Window is null && t.Ready.Count > 1);
        if (unproven > 0) yield return Of(cell, Say.Text($"{unproven} of {cell.Trials.Count} repeats have no record of a common window."));
    }

    static Hit Of(CellEvidence cell, string message) => new(new(Severity.Invalid, Flag, cell.Name, message,
        "Give each slice processors of its own, stop other load, and allow more time for each repeat."), Phase: Results.Phase.Together);
}
