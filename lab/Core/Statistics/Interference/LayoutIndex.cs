using GpuLab.Model;
using GpuLab.Results;
using GpuLab.Sweeps;

namespace GpuLab.Statistics;

/// <summary>A layout in a few numbers, from what each slice keeps of its solo performance (MEASUREMENT 5).</summary>
/// <param name="Isolation">Geometric mean of the probes' worst cases, all of equal weight: 1 where nothing is lost anywhere.</param>
/// <param name="Resources">The same of the probes of one resource; empty where nothing was measured together.</param>
/// <param name="Probes">By what was measured.</param>
public sealed record LayoutIndex(string Layout, double Isolation, IReadOnlyList<ResourceIndex> Resources, IReadOnlyList<ProbeIndex> Probes);

/// <summary>Geometric mean of the worst cases of a resource's probes.</summary>
public sealed record ResourceIndex(Resource Resource, double Isolation);

/// <summary>One probe's numbers in a layout.</summary>
/// <param name="Worst">Least share of its solo performance that any slice keeps beside anything measured.</param>
/// <param name="WorstCase">The figure that is.</param>
/// <param name="Together">With all slices at the same work; null where that was not measured.</param>
/// <param name="SumOverWhole">Aggregate of all slices together ÷ the whole device in the same run; null where either was not measured.</param>
/// <param name="Tax">1 − the only slice of a layout of one ÷ the whole device uncut; null where they were not both measured.</param>
public sealed record ProbeIndex(ProbeInfo Probe, Parameters Parameters, double Worst, Figure WorstCase, TogetherIndex? Together, double? SumOverWhole, double? Tax);

/// <summary>All slices of a layout at the same work.</summary>
/// <param name="Throughput">Whole slices' worth of work done (STP).</param>
/// <param name="Turnaround">Mean slowdown (ANTT).</param>
/// <param name="Jain">Fairness of what each keeps.</param>
/// <param name="Evenness">What the worst keeps ÷ what the best keeps.</param>
public sealed record TogetherIndex(int Slices, double Aggregate, double Throughput, double Turnaround, double Jain, double Evenness);

/// <summary>Computes the indices of all layouts of a run.</summary>
static class LayoutIndexes
{
    const string Whole = "whole";

    public static IReadOnlyList<LayoutIndex> Of(PlanDocument plan, IReadOnlyList<Figure> figures, IReadOnlyList<Coupling> couplings)
    {
        var valid = couplings.Where(c => c.Verdict.Kind != VerdictKind.Invalid && double.IsFinite(c.Ratio.Log) && c.Together.Role == Role.Victim && c.Together.Mode != "null").ToList();
        var whole = figures.Where(f => f.Layout == Whole && f.Phase == Phase.Solo && f.Metric == f.Probe.Main).DistinctBy(f => (f.Probe, f.Parameters)).ToDictionary(f => (f.Probe, f.Parameters));
        var sizes = plan.Layouts.DistinctBy(l => l.Layout).ToDictionary(l => l.Layout, l => l.Slices.Count);
        return
        [
            .. valid.GroupBy(c => c.Together.Layout).Select(layout =>
            {
                ProbeIndex[] probes = [.. layout.GroupBy(c => (c.Together.Probe, c.Together.Parameters)).Select(g => Probe([.. g], sizes[layout.Key], whole.GetValueOrDefault(g.Key)))];
                return new LayoutIndex(layout.Key, Isolation(probes), [.. probes.GroupBy(p => p.Probe.Resource).Select(r => new ResourceIndex(r.Key, Isolation(r)))], probes);
            }),
            .. Taxes(figures, whole, sizes, [.. valid.Select(c => c.Together.Layout)]),
        ];
    }

    static double Isolation(IEnumerable<ProbeIndex> probes) => LayoutIndices.Isolation(probes.Select(p => (p.Worst, 1.0)));

    static ProbeIndex Probe(Coupling[] couplings, int slices, Figure? whole)
    {
        var worst = couplings.MinBy(c => c.Ratio.Log)!;
        var all = couplings.Where(c => c.Together.Mode is "concurrent" or "contention").GroupBy(c => c.Together.Cell).Select(g => g.ToArray()).FirstOrDefault(g => g.Length == slices && slices > 1);
        var together = all is null ? null : Together(all);
        return new(worst.Together.Probe, worst.Together.Parameters, worst.Ratio.Ratio, worst.Together, together, together is null || whole is null ? null : together.Aggregate / whole.Median, null);
    }

    static TogetherIndex Together(Coupling[] all)
    {
        double[] ratios = [.. all.Select(c => c.Ratio.Ratio)];
        return new(all.Length, Aggregates.Of(all.Select(c => c.Together)), LayoutIndices.Throughput(ratios), LayoutIndices.Turnaround(ratios), LayoutIndices.Jain(ratios), LayoutIndices.Evenness(ratios));
    }

    /// <summary>A layout of one slice against the uncut device: what cutting alone costs.</summary>
    static IEnumerable<LayoutIndex> Taxes(IReadOnlyList<Figure> figures, Dictionary<(ProbeInfo, Parameters), Figure> whole, Dictionary<string, int> sizes, HashSet<string> told)
    {
        var single = figures.Where(f => f.Layout != Whole && !told.Contains(f.Layout) && sizes.GetValueOrDefault(f.Layout) == 1 && f.Phase == Phase.Solo && f.Metric == f.Probe.Main && whole.ContainsKey((f.Probe, f.Parameters)));
        return single.GroupBy(f => f.Layout).Select(g => new LayoutIndex(g.Key, 1, [], [.. g.DistinctBy(f => (f.Probe, f.Parameters)).Select(f => Taxed(f, whole[(f.Probe, f.Parameters)]))]));
    }

    static ProbeIndex Taxed(Figure slice, Figure whole) =>
        new(slice.Probe, slice.Parameters, 1, slice, null, null, 1 - (slice.Metric.Better == Better.Higher ? slice.Median / whole.Median : whole.Median / slice.Median));
}
