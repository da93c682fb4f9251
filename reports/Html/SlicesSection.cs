using GpuLab.Model;
using GpuLab.Reports.Plots;
using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Reports.Html;

/// <summary>Figures by slice: alone and together side by side, with intervals and ceilings.</summary>
static class SlicesSection
{
    static readonly Series Alone = new(-1, "alone"), Together = new(-1, "together");

    public static Section? Of(ReportModel model)
    {
        var groups = model.Points.ToList();
        return groups.Count == 0 ? null : new("slices", "Figures by slice", Html.Of($"{groups.Select(g => Group(model, g.Key.Probe, g.Key.Parameters, [.. g]))}"));
    }

    static Html Group(ReportModel model, ProbeInfo probe, Parameters parameters, IReadOnlyList<Figure> figures)
    {
        var rows = figures.Select(f => (f.Layout, f.Slice)).Distinct().ToList();
        var metric = probe.Main;
        var marks = new List<Mark>();
        var both = figures.Any(f => f.Phase == Phase.Together) && figures.Any(f => PhaseText.IsAlone(f.Phase));
        foreach (var (alone, series) in new[] { (true, Alone), (false, Together) })
        {
            var dots = figures.Where(f => alone ? PhaseText.IsAlone(f.Phase) : f.Phase == Phase.Together).Where(f => f.Phase != Phase.SoloBefore || !figures.Any(o => o.Phase == Phase.Solo && o.Layout == f.Layout && o.Slice == f.Slice))
                .Select(f => new Dot(new(f.Median, rows.IndexOf((f.Layout, f.Slice))), new(f.Median, f.Interval.Low, f.Interval.High), "", model.Slice(f.Layout, f.Slice))).ToList();
            if (dots.Count > 0) marks.Add(new Dots(series, Along.X, dots) { Open = !alone, Shift = !both ? 0 : alone ? -5 : 5 });
        }
        var ceilings = figures.Where(f => f.Ceiling is not null).DistinctBy(f => (f.Layout, f.Slice)).ToList();
        marks.AddRange(ceilings.Select(f => new Rule("", new(f.Ceiling!.Value.Value, rows.IndexOf((f.Layout, f.Slice)) - 0.42), new(f.Ceiling.Value.Value, rows.IndexOf((f.Layout, f.Slice)) + 0.42))));
        var plot = new Plot(ReportModel.Title(probe, parameters), new Linear(metric.Name, metric.Unit),
            new Band("slice", [.. rows.Select(r => model.Slice(r.Layout, r.Slice).Name)]), marks) { Simulated = model.Simulated, Description = $"{probe.Summary}. Medians with intervals, one row a slice." };
        var caption = $"{Sentence(probe.Summary)} {(metric.Better == Better.Higher ? "Higher" : "Lower")} is better; bars are {Kind(figures)}.{(ceilings.Count > 0 ? " Dashed uprights are ceilings." : "")}";
        return Html.Of($"{Parts.Plot(model, plot, caption)}{Table(model, figures, rows)}");
    }

    static Html Table(ReportModel model, IReadOnlyList<Figure> figures, List<(string Layout, string Slice)> rows)
    {
        var pairs = Pair.Of(figures);
        return Html.Of($"""
            <div class="scroll"><table class="sortable"><thead><tr><th>layout</th><th>slice</th><th class="n">alone</th><th class="n">together</th><th class="n">kept</th><th class="n">of ceiling</th><th class="n">spread</th><th class="n">overlap</th><th>flags</th></tr></thead><tbody>
            {rows.Select(r => Row(model, r.Layout, r.Slice, [.. figures.Where(f => f.Layout == r.Layout && f.Slice == r.Slice)], pairs.FirstOrDefault(p => p.Solo.Layout == r.Layout && p.Solo.Slice == r.Slice)))}
            </tbody></table></div>
            """);
    }

    static Html Row(ReportModel model, string layout, string slice, IReadOnlyList<Figure> figures, Pair? pair)
    {
        var solo = figures.FirstOrDefault(f => f.Phase == Phase.Solo) ?? figures.FirstOrDefault(f => f.Phase == Phase.SoloBefore);
        var together = figures.FirstOrDefault(f => f.Phase == Phase.Together);
        return Html.Of($"<tr data-key=\"{model.Slice(layout, slice).Name}\">{Parts.Cell(layout)}<td>{Parts.Slice(model, layout, slice)}</td>{Median(solo)}{Median(together)}{Parts.Percent(pair?.Kept)}{Parts.Percent((solo ?? together)?.Ceiling?.Share)}{Parts.Percent((solo ?? together)?.Spread)}{Parts.Percent(together?.Overlap)}{Parts.Flags([.. figures.SelectMany(f => f.Flags).Distinct()])}</tr>");
    }

    static Html Median(Figure? f) => f is null ? Html.Of($"<td class=\"n\">–</td>") : Parts.Value(f.Median, f.Metric.Unit);

    static string Kind(IReadOnlyList<Figure> figures) => string.Join(" or ", figures.Select(f => f.Interval.Kind).Distinct()) is { Length: > 0 } kind ? $"intervals ({kind})" : "intervals";

    internal static string Sentence(string text) => text.Length == 0 || text.EndsWith('.') ? text : text + ".";
}
