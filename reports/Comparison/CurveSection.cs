using GpuLab.Model;
using GpuLab.Reports.Html;
using GpuLab.Reports.Plots;
using GpuLab.Results;
using Markup = GpuLab.Reports.Html.Html;

namespace GpuLab.Reports.Comparison;

/// <summary>Figures over the axis of their probe, one line a run: where on the curve runs part.</summary>
static class CurveSection
{
    const int MostPlots = 12, MostPanels = 12, LeastPoints = 3;

    public static Section? Of(RunComparison c)
    {
        if (c.By != "run") return null;
        var curves = c.Cells.Where(p => p.Key.Phase?.HasOthers() != true && p.Probe.Axis is { } axis && p.Sides.OfType<Side>().All(s => s.Figure.Parameters[axis] is { IsWord: false }))
            .GroupBy(p => (Probe: p.Probe.Id, p.Key.Metric, p.Key.Mode, Others: p.Sides.OfType<Side>().First().Figure.Parameters.Without(p.Probe.Axis!).ToString(), p.Key.Layout, p.Key.Slice))
            .Where(g => g.Count() >= LeastPoints).GroupBy(g => (g.Key.Probe, g.Key.Metric, g.Key.Mode, g.Key.Others)).ToList();
        return curves.Count == 0 ? null : new("curves", "Curves", Markup.Of($"{curves.Take(MostPlots).Select((g, i) => Drawn(c, g.Key.Others, [.. g.Select(points => points.ToList())], i))}"));
    }

    /// <summary>The curves of one work: a plot, or a panel for each slice.</summary>
    static Markup Drawn(RunComparison c, string others, IReadOnlyList<IReadOnlyList<ComparedCell>> slices, int number)
    {
        var (probe, metric) = (slices[0][0].Probe, slices[0][0].Metric);
        var title = $"{probe.Id} {others}".TrimEnd();
        List<Plot> plots = [.. slices.Take(MostPanels).Select(points => Panel(c, points))];
        IDrawing drawing = plots.Count == 1 ? plots[0] with { Title = $"{title} on {plots[0].Title}" } : new Multiples(title, plots) { Description = plots[0].Description };
        var left = slices.Count > MostPanels ? FormattableString.Invariant($" The first {MostPanels} of {slices.Count} slices.") : "";
        return Parts.Plot(FormattableString.Invariant($"k{number}"), drawing, $"{probe.Summary}. {(metric.Better == Better.Higher ? "Higher" : "Lower")} is better; shades are intervals.{left}");
    }

    static Plot Panel(RunComparison c, IReadOnlyList<ComparedCell> points)
    {
        var (probe, metric, key) = (points[0].Probe, points[0].Metric, points[0].Key);
        var marks = new List<Mark>();
        for (var column = 0; column < c.Columns.Count; column++)
        {
            var figures = points.Select(p => p.Sides[column]?.Figure).Where(f => f is not null && double.IsFinite(f.Median)).Select(f => f!).OrderBy(f => f.Parameters.Number(probe.Axis!, 0)).ToList();
            if (figures.Count == 0) continue;
            var series = new Series(column, c.Named(column));
            marks.Add(new Ribbon(series, [.. figures.Select(f => (f.Parameters.Number(probe.Axis!, 0), new Estimate(f.Median, f.Interval.Low, f.Interval.High)))]));
            marks.Add(new Line(series, [.. figures.Select(f => new XY(f.Parameters.Number(probe.Axis!, 0), f.Median))]));
        }
        var axis = probe.Parameters.FirstOrDefault(p => p.Name == probe.Axis);
        var unit = axis?.Type switch { ParameterType.Bytes => "B", ParameterType.Seconds => "s", _ => "1" };
        return new(key.Layout == key.Slice ? key.Slice : $"{key.Slice} of {key.Layout}", new Log(probe.Axis!, unit, unit == "s" ? 10 : 2), new Log(metric.Name, metric.Unit), marks)
        { Simulated = c.Simulated, Description = $"{metric.Name} over {probe.Axis}, one line a run." };
    }
}
