using GpuLab.Control;
using GpuLab.Model;

namespace GpuLab.Sweeps.Expanding;

/// <summary>In which order layouts are cut: once for all repeats, or all of them for each repeat.</summary>
/// <param name="Repeat">The only one measured in these cuts; null for all.</param>
readonly record struct Rounds(int? Repeat, IReadOnlyList<PlannedCut> Cuts)
{
    /// <param name="order">Null leaves layouts in the order given.</param>
    public static IEnumerable<Rounds> Of(Sweep sweep, IReadOnlyList<Layout> layouts, ILayoutOrder? order)
    {
        if (!sweep.CutEachRepeat) return [new(null, Order(sweep.Seed))];
        return Enumerable.Range(1, sweep.Repeats).Select(repeat => new Rounds(repeat, Order(new SplitMix(sweep.Seed ^ (ulong)repeat).Next())));

        IReadOnlyList<PlannedCut> Order(ulong seed) => order?.Order(layouts, seed, sweep.CutEachRepeat) ?? [.. layouts.Select((_, i) => new PlannedCut(i, 0, 0, false, 0))];
    }

    /// <summary>By layout, the most that any of its cuts changes.</summary>
    public static IReadOnlyDictionary<Layout, PlannedCut> Most(Sweep sweep, IReadOnlyList<Layout> layouts, ILayoutOrder order)
    {
        var cuts = Of(sweep, layouts, order).SelectMany(r => r.Cuts).GroupBy(c => c.Layout);
        // Made anew for each repeat, what was made for the one before is destroyed first.
        var again = sweep.CutEachRepeat && sweep.Repeats > 1;
        return cuts.ToDictionary(g => layouts[g.Key], g => new PlannedCut(g.Key, g.Max(c => again ? Math.Max(c.Destroyed, c.Created) : c.Destroyed), g.Max(c => c.Created), g.Any(c => c.SwitchesMode), g.Max(c => c.Seconds)));
    }
}
