using GpuLab.Model;
using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Reports.Joint;

/// <summary>One figure of a way: of several slices added up, averaged or the worst, as its metric says.</summary>
public sealed record JointFigure(Metric Metric, double Value, double Low, double High);

/// <summary>One way of doing a piece of work.</summary>
/// <param name="Slices">Slices that do it: 1, or all of the layout as one.</param>
/// <param name="Profiles">Of those slices, such as <c>2 x 1c</c>.</param>
/// <param name="Parameters">Of the way, not of the work.</param>
/// <param name="Figures">The main one first.</param>
public sealed record JointWay(string Layout, int Slices, string Profiles, Parameters Parameters, IReadOnlyList<JointFigure> Figures, IReadOnlyList<string> Flags)
{
    public JointFigure Main => Figures[0];
}

/// <summary>A way against the best single slice: a quotient of rates with the quotients of interval ends, so wider than either interval.</summary>
public readonly record struct JointRatio(double Value, double Low, double High)
{
    public string Verdict => Low > 1 ? "faster" : High < 1 ? "slower" : "not told apart";
}

/// <summary>The same piece of work by one slice and by several as one, all in the same run.</summary>
/// <param name="What">Parameters of the work.</param>
/// <param name="Ways">Single slices first.</param>
public sealed record JointStudy(ProbeInfo Probe, Parameters What, IReadOnlyList<JointWay> Ways)
{
    /// <summary>Says how slices share the work, and so does not tell one work from another.</summary>
    const string How = "microbatches";

    /// <summary>The best of the single slices; null where none could do the work.</summary>
    public JointWay? Single { get; } = Ways.Where(w => w.Slices == 1).MaxBy(w => w.Main.Value);

    /// <summary>The works of a run that several slices did as one.</summary>
    public static IReadOnlyList<JointStudy> Of(IReadOnlyList<Figure> figures)
    {
        var studies = new List<JointStudy>();
        foreach (var work in figures.Where(f => f.Probe.Joint && !f.ForRatio && (f.IsJoint || f.Phase == Phase.Solo)).GroupBy(f => (f.Probe, What: f.Parameters.Without(How))))
        {
            if (!work.Any(f => f.IsJoint)) continue;
            var single = work.Where(f => !f.IsJoint).GroupBy(f => (f.Layout, f.Profile, f.Parameters)).Select(g => Way([.. g.Where(f => f.Slice == g.First().Slice && f.Cell == g.First().Cell)]));
            var joint = work.Where(f => f.IsJoint).GroupBy(f => f.Cell).Select(g => Way([.. g]));
            studies.Add(new(work.Key.Probe, work.Key.What, [.. single.Concat(joint).OfType<JointWay>()]));
        }
        return studies;
    }

    /// <summary>Null for the single slice itself, and where there is none to compare with.</summary>
    public JointRatio? Ratio(JointWay way)
    {
        if (Single is not { } single || way == single) return null;
        var (top, bottom) = (way.Main, single.Main);
        return new(top.Value / bottom.Value, top.Low / bottom.High, top.High / bottom.Low);
    }

    /// <summary>One sentence for each layout whose slices worked as one, about its fastest way.</summary>
    public IEnumerable<string> Verdicts => Ways.Where(w => w.Slices > 1).GroupBy(w => w.Layout).Select(g => Verdict(g.MaxBy(w => w.Main.Value)!));

    string Verdict(JointWay way)
    {
        var how = way.Parameters.Count > 0 ? $" with {way.Parameters}" : "";
        return Ratio(way) is { } ratio
            ? $"{way.Layout} as one{how}: {Pretty.Digits(ratio.Value)} × {Single!.Layout} ({Pretty.Digits(ratio.Low)} … {Pretty.Digits(ratio.High)}), {ratio.Verdict}"
            : $"{way.Layout} as one{how}: {Pretty.Value(way.Main.Value, way.Main.Metric.Unit)}; no single slice was measured at this work";
    }

    static JointWay? Way(IReadOnlyList<Figure> figures)
    {
        var (first, all) = (figures[0], figures.GroupBy(f => f.Metric).ToDictionary(g => g.Key, g => g.ToList()));
        if (!all.ContainsKey(first.Probe.Main)) return null;
        var slices = figures.DistinctBy(f => f.Slice).ToList();
        var profiles = string.Join(" + ", slices.CountBy(s => s.Profile).Select(p => p.Value == 1 ? p.Key : FormattableString.Invariant($"{p.Value} x {p.Key}")));
        return new(first.Layout, slices.Count, profiles, new([.. first.Parameters.Where(p => p.Key == How)]), [.. first.Probe.Metrics.Where(all.ContainsKey).Select(m => Across(m, all[m]))],
            [.. figures.SelectMany(f => f.Flags).Distinct()]);
    }

    static JointFigure Across(Metric metric, List<Figure> slices)
    {
        double Of(Func<Figure, double> value) => metric.Across switch
        {
            Model.Across.Sum => slices.Sum(value),
            Model.Across.Mean => slices.Average(value),
            _ => metric.Better == Better.Higher ? slices.Min(value) : slices.Max(value),
        };
        return new(metric, Of(f => f.Median), Of(f => f.Interval.Low), Of(f => f.Interval.High));
    }
}
