using GpuLab.Model;
using GpuLab.Reports.Plots;
using GpuLab.Statistics;

namespace GpuLab.Reports.Html;

/// <summary>Transfers over the link by size, with the latency and the rate that explain them.</summary>
static class LinkSection
{
    sealed record Curve(string Layout, string Slice, IReadOnlyList<Figure> Figures, TransferFit Fit);

    public static Section? Of(ReportModel model)
    {
        var groups = model.Curves.Where(g => g.Key.Probe.Resource == Resource.Link && g.Key.Probe.Main.Unit == "B/s" && g.Key.Probe.Axis == "bytes")
            .Select(g => (g.Key, Curves: g.Where(f => PhaseText.IsAlone(f.Phase)).GroupBy(f => (f.Layout, f.Slice)).Select(Fitted).OfType<Curve>().ToList())).Where(g => g.Curves.Count > 0).ToList();
        return groups.Count == 0 ? null : new("link", "The link, explained", Html.Of($"{groups.Select(g => Group(model, g.Key.Probe, g.Key.Others, g.Curves))}"));
    }

    static Curve? Fitted(IGrouping<(string Layout, string Slice), Figure> figures)
    {
        var ordered = figures.Where(f => f.Median > 0).DistinctBy(f => Bytes(f)).OrderBy(Bytes).ToList();
        return TransferFit.Of([.. ordered.Select(f => (Bytes(f), Bytes(f) / f.Median))]) is { } fit ? new(figures.Key.Layout, figures.Key.Slice, ordered, fit) : null;
    }

    static double Bytes(Figure f) => f.Parameters.Number("bytes", 0);

    static Html Group(ReportModel model, ProbeInfo probe, Parameters others, List<Curve> curves)
    {
        // Slices of equal profile have equal curves: one of each is drawn, all are in the table.
        var drawn = curves.DistinctBy(c => c.Figures[0].Profile).ToList();
        var marks = drawn.SelectMany(c => Marks(model, c)).ToList();
        var plot = new Plot($"{ReportModel.Title(probe, others)}: time of one transfer", new Log("bytes", "B", 2), new Log("time", "s"), marks)
        { DirectLabels = true, Simulated = model.Simulated, Description = "Time of one transfer over its size, measured and by T = a + N ÷ b." };
        return Html.Of($"""
            {Parts.Plot(model, plot, $"Points are medians alone, lines are T = a + N ÷ b fitted to them: level where the latency a decides, rising where the rate b does. {Sentence(drawn[0])}")}
            {SortableTable.Lit(curves, c => model.Slice(c.Layout, c.Slice).Name,
                new("layout", c => Parts.Cell(c.Layout)),
                new("slice", c => Parts.Marked(Parts.Slice(model, c.Layout, c.Slice))),
                new("latency a", c => Parts.Value(c.Fit.Latency, "s"), true),
                new("rate b", c => Parts.Value(c.Fit.Rate, "B/s"), true),
                new("half of it at", c => Parts.Value(c.Fit.HalfSize, "B"), true),
                new("largest error", c => Parts.Percent(c.Fit.Error), true),
                new("points", c => Parts.Count(c.Figures.Count), true),
                new("passed by", c => Parts.Count(c.Fit.Left), true))}
            """);
    }

    static string Sentence(Curve c) => $"On {c.Slice} a transfer costs {Pretty.Time(c.Fit.Latency)} whatever its size; half of {Pretty.Value(c.Fit.Rate, "B/s")} is reached at {Pretty.Value(c.Fit.HalfSize, "B")}.";

    static IEnumerable<Mark> Marks(ReportModel model, Curve c)
    {
        var series = model.Slice(c.Layout, c.Slice);
        var (low, high) = (Bytes(c.Figures[0]), Bytes(c.Figures[^1]));
        var sizes = Enumerable.Range(0, 49).Select(i => low * Math.Pow(high / low, i / 48.0));
        yield return new Line(series, [.. sizes.Select(n => new XY(n, c.Fit.Time(n)))]) { Formula = true };
        yield return new Dots(series, Along.Y, [.. c.Figures.Select(f => new Dot(new(Bytes(f), Bytes(f) / f.Median), new(Bytes(f) / f.Median, Bytes(f) / f.Interval.High, Bytes(f) / f.Interval.Low)))]);
    }
}
