using System.Globalization;
using GpuLab.Model;

namespace GpuLab.Sweeps.Expanding;

/// <summary>Cells to a plan: trials in order, with what they will take.</summary>
sealed class PlanBuilder(Sweep sweep, TimeModel time)
{
    public Plan Build(IReadOnlyList<CellGroup> groups, IReadOnlyList<Skip> skips)
    {
        LayoutGroup[] built = [.. groups.Select(Build)];
        var seconds = built.Sum(g => g.Seconds);
        var fixedSeconds = groups.Sum(g => time.Layout(g.Slices.Count));
        return new(built, [.. skips, .. BudgetNote(seconds, fixedSeconds)], seconds) { Precision = sweep.Stopping.Precision, MostSeconds = built.Sum(g => g.MostSeconds) };
    }

    LayoutGroup Build(CellGroup group)
    {
        string[] names = [.. group.Slices.Select(s => s.Name)];
        var once = group.Cells.Sum(c => time.Trial(c.WorksOn(names), sweep.Stopping, c.Mode == Mode.Solo));
        var atMost = group.Cells.Sum(c => time.MostOfTrial(c.WorksOn(names), sweep.Stopping, c.Mode == Mode.Solo));
        return new(group.Layout, names, TrialOrder.Of(group.Layout, group.Cells, sweep.Repeats, sweep.Seed))
        {
            Seconds = time.Layout(group.Slices.Count) + once * sweep.Repeats,
            MostSeconds = time.Layout(group.Slices.Count) + atMost * sweep.Repeats,
        };
    }

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
