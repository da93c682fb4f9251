using GpuLab.Model;
using GpuLab.Reports.Plots;
using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Reports.Html;

/// <summary>Figures over the axis of their probe: bandwidth over working set, the latency staircase; with plateaus drawn and named.</summary>
static class CurvesSection
{
    const int MostLinesInOnePlot = 4, MostPlateausShown = 16;

    public static Section? Of(ReportModel model)
    {
        var curves = model.Curves.ToList();
        return curves.Count == 0 ? null : new("curves", "Curves", Html.Of($"{curves.Select(c => Curve(model, c.Key.Probe, c.Key.Others, [.. c]))}"));
    }

    static Html Curve(ReportModel model, ProbeInfo probe, Parameters rest, IReadOnlyList<Figure> figures)
    {
        var alone = figures.Where(f => PhaseText.IsAlone(f.Phase)).ToList();
        var shown = alone.Count > 0 ? alone : [.. figures.Where(f => f.Phase == Phase.Together)];
        var byLayout = shown.GroupBy(f => f.Layout).ToList();
        var apart = byLayout.Count > 1 && shown.Select(f => (f.Layout, f.Slice)).Distinct().Count() > MostLinesInOnePlot;
        var named = new HashSet<string>(StringComparer.Ordinal);
        var plots = byLayout.Select(g => Of(model, probe, g.Key, [.. g], apart ? [] : named)).ToList();
        IDrawing plot = apart ? new Multiples(ReportModel.Title(probe, rest), plots)
            : plots[0] with { Title = ReportModel.Title(probe, rest), Marks = [.. plots.SelectMany(p => p.Marks)] };
        var plateaus = model.Analysis.Plateaus.Where(p => p.Probe == probe.Id && p.Name.Length > 0).ToList();
        var caption = $"{SlicesSection.Sentence(probe.Summary)} {(alone.Count > 0 ? "Each slice alone" : "All slices at once")}; shades are intervals{(plateaus.Count > 0 ? ", broad strokes the plateaus found" : "")}.";
        return Html.Of($"{Parts.Plot(model, plot, caption)}{Html.When(plateaus.Count > 0, () => Table(model, probe, plateaus))}");
    }

    static Plot Of(ReportModel model, ProbeInfo probe, string layout, IReadOnlyList<Figure> figures, HashSet<string> named)
    {
        var (axis, metric) = (probe.Parameters.FirstOrDefault(p => p.Name == probe.Axis), probe.Main);
        var marks = new List<Mark>();
        var drawn = new List<Plateau>();
        foreach (var p in model.Analysis.Plateaus.Where(p => p.Probe == probe.Id && p.Layout == layout))
        {
            if (drawn.Exists(d => Same(d, p))) continue; // strokes on top of each other would only get darker
            drawn.Add(p);
            marks.Add(new Rule(named.Add(p.Name) ? p.Name : "", new(p.From, p.Value), new(p.To, p.Value), model.Slice(layout, p.Slice)) { Measured = true });
        }
        foreach (var slice in figures.GroupBy(f => f.Slice))
        {
            var series = model.Slice(layout, slice.Key);
            var points = slice.DistinctBy(f => f.Parameters.Number(probe.Axis!, 0)).OrderBy(f => f.Parameters.Number(probe.Axis!, 0)).ToList();
            marks.Add(new Ribbon(series, [.. points.Select(f => (f.Parameters.Number(probe.Axis!, 0), new Estimate(f.Median, f.Interval.Low, f.Interval.High)))]));
            marks.Add(new Line(series, [.. points.Select(f => new XY(f.Parameters.Number(probe.Axis!, 0), f.Median))]));
        }
        var (low, high) = (model.Curves.First(c => c.Key.Probe.Id == probe.Id).Min(f => f.Median), model.Curves.First(c => c.Key.Probe.Id == probe.Id).Max(f => f.Median));
        Axis y = metric.Unit == "s" || (low > 0 && high / low > 20) ? new Log(metric.Name, metric.Unit) : new Linear(metric.Name, metric.Unit, 0);
        var unit = axis?.Type switch { ParameterType.Bytes => "B", ParameterType.Seconds => "s", ParameterType.Fraction => "%", _ => "1" };
        return new(layout, new Log(axis is { Summary.Length: > 0 and < 40 } ? axis.Summary : probe.Axis!, unit, unit == "s" ? 10 : 2), y, marks)
        {
            DirectLabels = true,
            Simulated = model.Simulated,
            Description = $"{probe.Summary}: {metric.Name} over {probe.Axis}, one line a slice.",
        };
    }

    static bool Same(Plateau a, Plateau b) => a.Name == b.Name && Close(a.From, b.From) && Close(a.To, b.To) && Close(a.Value, b.Value);

    static bool Close(double a, double b) => Math.Abs(a - b) <= 0.03 * Math.Max(Math.Abs(a), Math.Abs(b));

    static Html Table(ReportModel model, ProbeInfo probe, List<Plateau> plateaus)
    {
        var table = SortableTable.Lit(plateaus, p => model.Slice(p.Layout, p.Slice).Name,
            new("layout", p => Parts.Cell(p.Layout)),
            new("slice", p => Parts.Marked(Parts.Slice(model, p.Layout, p.Slice))),
            new("plateau", p => Parts.Cell(p.Name)),
            new("from", p => Parts.Value(p.From, "B"), true),
            new("to", p => Parts.Value(p.To, "B"), true),
            new(probe.Main.Name, p => Parts.Value(p.Value, probe.Main.Unit), true));
        return Html.Of($"<details class=\"numbers plateaus\"{Html.Raw(plateaus.Count <= MostPlateausShown ? " open=\"\"" : "")}><summary>Plateaus</summary>{table}</details>");
    }
}
