using System.Globalization;
using GpuLab.Control;
using GpuLab.Model;

namespace GpuLab.Sweeps.Expanding;

/// <summary>Cells to a plan: trials in order, with what they will take.</summary>
/// <param name="order">Orders layouts where a cut costs something; null leaves them as the sweep has them.</param>
sealed class PlanBuilder(Sweep sweep, TimeModel time, ILayoutOrder? order)
{
    public Plan Build(IReadOnlyList<CellGroup> groups, IReadOnlyList<Skip> skips)
    {
        LayoutGroup[] built = [.. Rounds.Of(sweep, [.. groups.Select(g => g.Layout)], order).SelectMany(round => round.Cuts, (round, cut) => Build(groups[cut.Layout], round.Repeat, order is null ? null : cut))];
        var seconds = built.Sum(g => g.Seconds);
        var fixedSeconds = built.Sum(g => Fixed(g.Slices.Count, g.Cut));
        return new(built, [.. skips, .. BudgetNote(seconds, fixedSeconds)], seconds) { Precision = sweep.Stopping.Precision, MostSeconds = built.Sum(g => g.MostSeconds) };
    }

    /// <param name="repeat">The only one of this cut; null where all repeats share it.</param>
    LayoutGroup Build(CellGroup group, int? repeat, PlannedCut? cut)
    {
        string[] names = [.. group.Slices.Select(s => s.Name)];
        var measured = group.Cells.Where(c => !ControlInfo.Is(c.Probe)).ToList();
        var once = measured.Sum(c => time.Trial(c.WorksOn(names), sweep.Stopping, c.Mode is Mode.Solo or Mode.Joint));
        var atMost = measured.Sum(c => time.MostOfTrial(c.WorksOn(names), sweep.Stopping, c.Mode is Mode.Solo or Mode.Joint));
        // What the cut took is known before anything is measured in it.
        var cuts = group.Cells.Where(c => ControlInfo.Is(c.Probe)).Select(c => new Trial(c, repeat ?? 1));
        var trials = TrialOrder.Of(group.Layout, measured, sweep.Repeats, sweep.Seed).Where(t => repeat is null || t.Repeat == repeat);
        return new(group.Layout, names, [.. cuts, .. trials])
        {
            Seconds = Fixed(names.Length, cut) + once * (repeat is null ? sweep.Repeats : 1), MostSeconds = Fixed(names.Length, cut) + atMost * (repeat is null ? sweep.Repeats : 1), Cut = cut, Anew = repeat is not null,
        };
    }

    /// <summary>What a layout costs whatever is measured in it.</summary>
    double Fixed(int slices, PlannedCut? cut) => time.Layout(slices) + (cut?.Seconds ?? 0);

    /// <summary>Which repeats a budget will probably cost. Every layout gets its share, and in each the last repeats go first.</summary>
    IEnumerable<Skip> BudgetNote(double seconds, double fixedSeconds)
    {
        if (sweep.Budget is not { } budget || seconds <= budget) yield break;
        var whole = (int)Math.Clamp(Math.Floor((budget - fixedSeconds) / (seconds - fixedSeconds) * sweep.Repeats), 0, sweep.Repeats - 1);
        var lost = whole + 1 == sweep.Repeats ? $"repeat {Text(sweep.Repeats)}" : $"repeats {Text(whole + 1)} to {Text(sweep.Repeats)}";
        var reason = $"the estimate of {Pretty.Time(seconds)} exceeds the budget of {Pretty.Time(budget)}: "
            + (whole == 0 ? "not even the first repeat of every cell will be measured." : "they will probably not all be measured.");
        yield return new(lost, reason, 0);
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
