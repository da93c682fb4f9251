using GpuLab.Model;

namespace GpuLab.Statistics.Gates;

/// <summary>Samples that do not lie round one value as independent samples would.</summary>
static class ShapeGates
{
    /// <summary>Fewer samples than this show no drift within a repeat, no move of what is measured alone, and no heaps.</summary>
    const int Enough = 30, EnoughAlone = 10, EnoughForHeaps = 100;

    /// <summary>A solo figure that moved by more than this while the slices worked together is no base to compare with.</summary>
    const double Moved = 0.05;

    /// <summary>Fewer samples of a repeat than this do not show how much they vary.</summary>
    const int FewestWithin = 5;

    const double SevereShare = 0.01, OutlierShare = 0.05;

    /// <summary>Within repeats: the last third against the first.</summary>
    public static Finding? Drifts(FigureEvidence evidence)
    {
        var whole = evidence.Series.Where(s => s.Before == s.Values.Length && s.Values.Length >= Enough).ToList();
        if (whole.Count == 0) return null;
        var drift = Selection.Median(whole.Select(s => Drift.Relative(s.Values)).ToArray());
        // Medians of thirds are √3 less certain than that of all, and two of them differ.
        var noise = Selection.Median(whole.Select(s => Math.Sqrt(6) * HalfWidth(s.Values)).ToArray());
        if (!(Math.Abs(drift) > Math.Max(evidence.Figure.Precision, noise))) return null;
        return new(Severity.Suspect, "drift", evidence.Figure.Name, $"The samples {Move(drift)} by {Pretty.Percent(Math.Abs(drift))} from the first third of a repeat to the last.",
            "Warm up for longer; on hardware that heats up, fix the clocks.");
    }

    /// <summary>Alone before against alone after (A–B–A).</summary>
    public static Finding? SoloMoved(FigureEvidence evidence)
    {
        var pairs = evidence.Series.Where(s => s.Before >= EnoughAlone && s.Values.Length - s.Before >= EnoughAlone).Select(Change).ToList();
        if (pairs.Count == 0) return null;
        var change = Selection.Median(pairs.Select(p => p.Change).ToArray());
        var noise = Selection.Median(pairs.Select(p => p.Noise).ToArray());
        if (!(Math.Abs(change) > Math.Max(evidence.Figure.Precision, noise))) return null;
        return new(Math.Abs(change) > Moved ? Severity.Invalid : Severity.Suspect, "solo-moved", evidence.Figure.Name,
            $"Alone, it {Move(change)} by {Pretty.Percent(Math.Abs(change))} from before the slices worked together to after.",
            "Something else changed meanwhile, such as clocks or other load: quiet the machine and measure again.");
    }

    public static Finding? Multimodal(FigureEvidence evidence)
    {
        var figure = evidence.Figure;
        var heaps = evidence.Series.Where(s => s.Values.Length >= EnoughForHeaps).Select(s => Modality.Peaks(((ReadOnlySpan<double>)s.Values).Sorted())).ToList();
        var split = heaps.Where(p => p.Count > 1 && p[^1] - p[0] > figure.Precision * Math.Abs(figure.Median)).ToList();
        if (split.Count == 0 || split.Count * 2 < heaps.Count) return null;
        return new(Severity.Note, "multimodal", figure.Name,
            Say.Text($"In {split.Count} of {heaps.Count} repeats the samples lie in several heaps, such as round {string.Join(" and ", split[0].Select(p => Pretty.Value(p, figure.Metric.Unit)))}: one median does not describe them."),
            "Look at the distribution in the report; clock states, page placement and neighbours make such heaps.");
    }

    public static Finding? ManyOutliers(FigureEvidence evidence)
    {
        var figure = evidence.Figure;
        if (figure.Summary?.Outliers is not { } outliers) return null;
        if (outliers.Severe <= SevereShare * figure.Samples && outliers.Mild + outliers.Severe <= OutlierShare * figure.Samples) return null;
        return new(Severity.Note, "outliers", figure.Name,
            Say.Text($"{outliers.Mild} mild and {outliers.Severe} severe outliers among {figure.Samples} samples; they are kept."),
            "The median and its interval hardly feel them; the mean and the high quantiles do.");
    }

    public static Finding? RepeatsDiffer(FigureEvidence evidence)
    {
        var figure = evidence.Figure;
        var repeats = evidence.Series.Where(s => s.Values.Length >= FewestWithin).ToList();
        if (repeats.Count < 3) return null;
        var within = Selection.Median(repeats.Select(s => Summary.Normal * Selection.AbsoluteDeviation(s.Values.ToArray(), s.Median)).ToArray());
        var between = Moments.Deviation(repeats.Select(s => s.Median).ToArray());
        if (!(between > within) || !(between > figure.Precision * Math.Abs(figure.Median))) return null;
        return new(Severity.Note, "repeats-differ", figure.Name,
            $"Repeats differ from each other ({Pretty.Percent(between / Math.Abs(figure.Median))}) more than samples within a repeat ({Pretty.Percent(within / Math.Abs(figure.Median))}).",
            "More samples will not help; more repeats will. Judge by the interval over repeats alone.");
    }

    static (double Change, double Noise) Change(Series series)
    {
        var before = series.Values[..series.Before];
        var after = series.Values[series.Before..];
        var (first, second) = (Selection.Median(before.ToArray()), Selection.Median(after.ToArray()));
        return (second / first - 1, HalfWidth(before) + HalfWidth(after));
    }

    static double HalfWidth(ReadOnlySpan<double> values)
    {
        var sorted = values.Sorted();
        var interval = OrderStatistics.OfMedian(sorted);
        return (interval.High - interval.Low) / 2 / Math.Abs(Quantile.Type7(sorted, 0.5));
    }

    static string Move(double change) => change > 0 ? "rose" : "fell";
}
