using GpuLab.Model;
using GpuLab.Results;

namespace GpuLab.Statistics;

/// <summary>One, two, … all slices of a layout at the same work.</summary>
public sealed record ContentionCurve(string Layout, ProbeInfo Probe, Parameters Parameters, IReadOnlyList<ContentionPoint> Points);

/// <summary>A number of slices at work.</summary>
/// <param name="Aggregate">
/// Of all of them: for metrics that add up, the work of all in the common window ÷ its length, else their mean or their worst; median over repeats.
/// </param>
/// <param name="Ideal">What they would reach if each kept what it does alone.</param>
/// <param name="Jain">Fairness of what each keeps: 1 where all lose equally.</param>
/// <param name="Couplings">One for each slice at work.</param>
public sealed record ContentionPoint(int Slices, double Aggregate, double Ideal, double Jain, IReadOnlyList<Coupling> Couplings)
{
    /// <summary>Least share of its solo performance that a slice keeps.</summary>
    public double Worst => Couplings.Min(c => c.Ratio.Ratio);

    /// <summary>Why it is not shown that all of them worked at once, or worked rightly: <c>interleaved</c>, <c>no-overlap</c>; empty where it is.</summary>
    public IReadOnlyList<string> Doubts => [.. Couplings.Where(c => c.Verdict.Kind == VerdictKind.Invalid).SelectMany(c => c.Together.Flags).Distinct()];
}

/// <summary>Sorts the couplings of mode contention into curves.</summary>
static class ContentionCurves
{
    public static IReadOnlyList<ContentionCurve> Of(PlanDocument plan, IReadOnlyList<Coupling> couplings)
    {
        var cells = plan.Cells.Where(c => c.Mode == "contention").Select(c => c.Number).ToHashSet();
        return
        [
            .. couplings.Where(c => cells.Contains(c.Together.Cell)).GroupBy(c => (c.Together.Layout, c.Together.Probe, c.Together.Parameters))
                .Select(g => new ContentionCurve(g.Key.Layout, g.Key.Probe, g.Key.Parameters, [.. g.GroupBy(c => c.Together.Cell).Select(p => Point([.. p])).OrderBy(p => p.Slices)])),
        ];
    }

    static ContentionPoint Point(Coupling[] slices) => new(slices.Length, Aggregates.Of(slices.Select(s => s.Together)), Aggregates.Of(slices.Select(s => s.Alone)),
        LayoutIndices.Jain([.. slices.Select(s => s.Ratio.Ratio)]), slices);
}

/// <summary>One figure of several slices.</summary>
static class Aggregates
{
    /// <summary>As the metric says: sum, mean or worst. Of what was measured together, rates are work in the window ÷ its length rather than each slice's own best.</summary>
    public static double Of(IEnumerable<Figure> figures)
    {
        var all = figures.ToList();
        var metric = all[0].Metric;
        var values = all.Select(f => metric.Across == Across.Sum && f.Proof is { Rate: > 0 } proof && metric.Unit.EndsWith("/s", StringComparison.Ordinal) ? proof.Rate : f.Median).ToArray();
        return metric.Across switch
        {
            Across.Sum => values.Sum(),
            Across.Mean => values.Average(),
            _ => metric.Better == Better.Higher ? values.Min() : values.Max(),
        };
    }
}
