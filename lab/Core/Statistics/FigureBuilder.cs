using GpuLab.Model;
using GpuLab.Results;

namespace GpuLab.Statistics;

/// <summary>Makes a figure from the samples of its repeats.</summary>
sealed class FigureBuilder(PlanDocument plan)
{
    /// <summary>Of all resampling, so that the same samples always give the same intervals.</summary>
    const ulong Seed = 0x6770756C6162;

    /// <summary>Of runs with more cells than this, intervals rest on the medians of the repeats: to resample them all would take minutes.</summary>
    const int MostResampled = 400;

    readonly Dictionary<(string Layout, string Slice), string> profiles =
        plan.Layouts.SelectMany(l => l.Slices, (l, s) => (l.Layout, s.Name, s.Profile)).DistinctBy(s => (s.Layout, s.Name)).ToDictionary(s => (s.Layout, s.Name), s => s.Profile);

    public Figure Build(CellEvidence cell, GroupKey key, ProbeInfo probe, Metric metric, List<Series> all)
    {
        var series = all.Where(s => s.Values.Length > 0).ToList();
        var summary = series.Count == 0 ? null : Summary.Of(series.SelectMany(s => s.Values).ToArray());
        var medians = series.Select(s => s.Level).ToArray();
        var coarse = plan.Cells.Count > MostResampled || cell.Cell.Mode is "matrix" or "contention" or "dial" or "null";
        var interval = coarse ? OfRepeats(medians, summary?.Median) : Interval(series, medians, summary?.Median);
        return new(key.Cell, cell.Cell.Layout, cell.Cell.Mode, key.Slice, profiles.GetValueOrDefault((cell.Cell.Layout, key.Slice), key.Slice), key.Phase, probe,
            ParametersOf.Cell(cell.Cell, key.Slice, probe), metric, summary?.Count ?? 0, series.Count, summary?.Median ?? double.NaN, interval, summary?.Spread ?? double.NaN,
            metric == probe.Main && summary is not null ? Ceiling(cell, key.Slice, metric, summary.Median) : null, [], Overlap(cell, key))
        {
            Summary = summary,
            Role = cell.Cell.RoleOf(key.Slice),
            Beside = key.Phase.HasOthers() ? cell.Cell.Beside(key.Slice) : "",
            Proof = key.Phase.HasOthers() ? OverlapProof.Of(cell, key.Slice, key.Phase) : null,
            Precision = plan.Precision ?? probe.Precision,
            RepeatMedians = medians,
            RepeatNumbers = [.. series.Select(s => s.Repeat)],
            Quantiles = summary is null ? default : new(summary.Min, summary.P5, summary.Q1, summary.Q3, summary.P95, summary.P99, summary.Max),
        };
    }

    static Interval Interval(List<Series> series, double[] medians, double? median) => series.Count switch
    {
        0 => new(double.NaN, double.NaN, "none"),
        1 => WithinOne(series[0].Values) with { Kind = "95 % within one repeat" },
        _ when series.Count < HierarchicalBootstrap.LeastRepeats => Range(medians, median),
        _ => HierarchicalBootstrap.OfMedian([.. series.Select(s => s.Values)], Seed),
    };

    /// <summary>Where figures come by the hundred and only their ratios are shown: what repeats say, at no cost.</summary>
    static Interval OfRepeats(double[] medians, double? median)
    {
        if (medians.Length is 0 or 1) return new(medians.FirstOrDefault(double.NaN), medians.FirstOrDefault(double.NaN), "none");
        if (medians.Length < LogRatio.LeastRepeats) return Range(medians, median);
        return StudentInterval.Of(Moments.Mean(medians), Moments.Deviation(medians) / Math.Sqrt(medians.Length), medians.Length - 1, 0.95) with { Kind = "95 % t over repeats" };
    }

    /// <summary>The median of all samples can lie just outside those of the repeats, which are means of before and after; a range holds both.</summary>
    static Interval Range(double[] medians, double? median) =>
        new(Math.Min(medians.Min(), median ?? double.PositiveInfinity), Math.Max(medians.Max(), median ?? double.NegativeInfinity), Gates.Say.Text($"range of {medians.Length} repeats"));

    /// <summary>Neighbours that depend on each other are drawn in blocks; of long sequences less often, to bound the time it takes.</summary>
    static Interval WithinOne(double[] values)
    {
        var lag1 = Autocorrelation.Lag1(values);
        return lag1 <= Autocorrelation.Notable
            ? OrderStatistics.OfMedian(((ReadOnlySpan<double>)values).Sorted())
            : Bootstrap.OfBlocks(values, Autocorrelation.BlockLength(values.Length, lag1), Selection.Median, Seed, Math.Clamp(20_000_000 / values.Length, 400, 2000));
    }

    /// <summary>The median over repeats of what the probe found; its share is above 1 where the figure is better than it.</summary>
    static Ceilinged? Ceiling(CellEvidence cell, string slice, Metric metric, double median)
    {
        var found = cell.Measured.Select(t => t.Ready.GetValueOrDefault(slice)).Where(r => r?.Ceiling is > 0 and < double.PositiveInfinity).ToList();
        if (found.Count == 0) return null;
        var value = Selection.Median(found.Select(r => r!.Ceiling!.Value).ToArray());
        return new(value, found[0]!.CeilingSource, metric.Better == Better.Higher ? median / value : value / median);
    }

    static double? Overlap(CellEvidence cell, GroupKey key)
    {
        if (!key.Phase.HasOthers()) return null;
        var busy = cell.Windows(key.Phase).SelectMany(w => w.Busy).Select(b => Math.Min(1, b.Value / cell.Cell.DutyOf(b.Key))).ToList();
        return busy.Count == 0 ? null : busy.Min();
    }
}

/// <summary>Figures as the plan lists them: by cell, place of the slice, metric of the probe, alone before together.</summary>
sealed class FigureOrder(PlanDocument plan) : IComparer<Figure>
{
    readonly Dictionary<(string Layout, string Slice), int> places =
        plan.Layouts.SelectMany(l => l.Slices.Select((s, i) => (l.Layout, s.Name, Index: i))).DistinctBy(s => (s.Layout, s.Name)).ToDictionary(s => (s.Layout, s.Name), s => s.Index);

    public int Compare(Figure? x, Figure? y) => x is null || y is null ? 0 : Key(x).CompareTo(Key(y));

    (int Cell, int Place, string Slice, int Metric, Phase Phase) Key(Figure f) =>
        (f.Cell, places.GetValueOrDefault((f.Layout, f.Slice), int.MaxValue), f.Slice, f.Probe.Metrics.TakeWhile(m => m != f.Metric).Count(), f.Phase);
}
