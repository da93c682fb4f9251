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
        if (!sweep.CutEachRepeat) return [new(null, Order(sweep.Seed, null))];
        var rounds = new List<Rounds>();
        for (var repeat = 1; repeat <= sweep.Repeats; repeat++)
            rounds.Add(new(repeat, Order(new SplitMix(sweep.Seed ^ (ulong)repeat).Next(), rounds is [.., { Cuts: [.., var last] }] ? last.Layout : null)));
        return rounds;

        IReadOnlyList<PlannedCut> Order(ulong seed, int? from) => order?.Order(layouts, seed, sweep.CutEachRepeat, from) ?? [.. layouts.Select((_, i) => new PlannedCut(i, 0, 0, false, 0))];
    }

    /// <summary>By layout, the most that any of its cuts changes.</summary>
    public static IReadOnlyDictionary<Layout, PlannedCut> Most(Sweep sweep, IReadOnlyList<Layout> layouts, ILayoutOrder order)
    {
        var cuts = Of(sweep, layouts, order).SelectMany(r => r.Cuts).GroupBy(c => c.Layout);
        return cuts.ToDictionary(g => layouts[g.Key], g => new PlannedCut(g.Key, g.Max(c => c.Destroyed), g.Max(c => c.Created), g.Any(c => c.SwitchesMode), g.Max(c => c.Seconds)));
    }
}
