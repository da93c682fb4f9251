using System.Globalization;
using GpuLab.Model;
using GpuLab.Reports.Plots;
using GpuLab.Statistics;

namespace GpuLab.Reports.Html;

/// <summary>Curves of interference: one slice to all at the same work, aggressors dialled from idle to full, and each layout in a few numbers.</summary>
static class ContentionSection
{
    static readonly Series Measured = new(0, "all together"), Ideal = new(1, "if each kept what it does alone");

    public static Section? Of(ReportModel model)
    {
        var found = model.Analysis.Interference;
        if (found.Contention.Count == 0 && found.Dials.Count == 0 && found.Layouts.Count == 0) return null;
        return new("contention", "Interference", Html.Of($"{found.Contention.Select(c => Contention(model, c))}{found.Dials.GroupBy(d => (d.Layout, d.Probe, d.Parameters)).Select(g => Dial(model, [.. g]))}{Html.When(found.Layouts.Count > 0, () => Layouts(found.Layouts))}"));
    }

    static Html Contention(ReportModel model, ContentionCurve curve)
    {
        var metric = curve.Probe.Main;
        var plot = new Plot($"{ReportModel.Title(curve.Probe, curve.Parameters)} on one slice and more, layout {curve.Layout}", new Linear("slices at work", "1", 0), new Linear($"{metric.Name}, {Across(metric)}", metric.Unit, 0),
            new Line(Ideal, [.. curve.Points.Where(p => double.IsFinite(p.Ideal)).Select(p => new XY(p.Slices, p.Ideal))]), new Line(Measured, [.. curve.Points.Where(p => double.IsFinite(p.Aggregate)).Select(p => new XY(p.Slices, p.Aggregate))]))
        { Simulated = model.Simulated, Description = $"{metric.Name} of all slices at work over their number." };
        var last = curve.Points[^1];
        var caption = FormattableString.Invariant($"With {last.Slices} slices at work each keeps at least {Pretty.Percent(last.Worst)} of what it does alone; fairness (Jain) {(double.IsFinite(last.Jain) ? Pretty.Digits(last.Jain) : "–")}. Sums are work in the common window by its length.{Doubts(curve)}");
        return Html.Of($"{Parts.Plot(model, plot, caption)}{MatrixSection.Table(model, [.. curve.Points.SelectMany(p => p.Couplings)])}");
    }

    static string Doubts(ContentionCurve curve)
    {
        var points = curve.Points.Where(p => p.Doubts.Count > 0).ToList();
        return points.Count == 0 ? "" : FormattableString.Invariant($" Not shown to have worked at once: {string.Join(", ", points.Select(p => FormattableString.Invariant($"{p.Slices} slices ({string.Join(", ", p.Doubts)})")))}.");
    }

    static string Across(Metric metric) => metric.Across switch { Model.Across.Sum => "all together", Model.Across.Mean => "mean", _ => "worst" };

    static Html Dial(ReportModel model, IReadOnlyList<DialCurve> curves)
    {
        var first = curves[0];
        var several = curves.Select(c => c.Aggressors).Distinct().Count() > 1;
        var lines = curves.Select((c, i) => (Mark)new Line(new Series(i, several ? $"{c.Victim} beside {c.Aggressors}" : c.Victim), [.. c.Points.Where(p => double.IsFinite(p.Coupling.Ratio.Ratio)).Select(p => new XY(p.Duty, p.Coupling.Ratio.Ratio))])).ToList();
        var plot = new Plot($"{ReportModel.Title(first.Probe, first.Parameters)} beside dialled aggressors, layout {first.Layout}", new Linear("aggressors' share of their own solo rate", "%", 0), new Linear("share of solo performance kept", "%"),
            [new Rule("alone", new(0, 1), new(1, 1)), .. lines])
        { Simulated = model.Simulated, Description = "One line a victim; a level line is isolation." };
        var coarse = curves.SelectMany(c => c.Points).Any(p => p.Coupling.Together.Flags.Contains("dial-coarse"));
        return Html.Of($"{Parts.Plot(model, plot, $"A level line is isolation.{(coarse ? " Some points are coarse: the load goes on and off more slowly than a sample of the victim lasts." : "")}")}{MatrixSection.Table(model, [.. curves.SelectMany(c => c.Points).Select(p => p.Coupling)])}");
    }

    static Html Layouts(IReadOnlyList<LayoutIndex> layouts)
    {
        var all = layouts.SelectMany(l => l.Probes.Select(p => (l.Layout, Probe: p))).ToList();
        List<(string Layout, ProbeIndex Probe)> cut = [.. all.Where(p => p.Probe.Tax is null)], taxed = [.. all.Where(p => p.Probe.Tax is not null)];
        var indices = string.Join(", ", layouts.Where(l => l.Probes.All(p => p.Tax is null)).Select(l => $"{l.Layout} {Pretty.Percent(l.Isolation)}{ByResource(l)}"));
        return Html.Of($"{Html.When(cut.Count > 0, () => Html.Of($"<h3>Layouts in numbers</h3>{Cut(cut)}"))}{Html.When(indices.Length > 0, () => Html.Of($"<p>{Parts.Prose($"Isolation index (geometric mean of the worst cases, all probes of equal weight): {indices}.")}</p>"))}{Html.When(taxed.Count > 0, () => Html.Of($"<h3>What cutting itself costs</h3>{Taxed(taxed)}"))}");
    }

    static Html Cut(IReadOnlyList<(string Layout, ProbeIndex Probe)> rows) => SortableTable.Of(rows,
        new("layout", r => Parts.Cell(r.Layout)),
        new("what", r => Parts.Cell(ReportModel.Title(r.Probe.Probe, r.Probe.Parameters))),
        new("worst case keeps", r => Parts.Percent(r.Probe.Worst), true),
        new("worst case", r => Parts.Cell($"{r.Probe.WorstCase.Slice} {(r.Probe.WorstCase.Beside.Length > 0 ? $"beside {r.Probe.WorstCase.Beside}" : "")}".TrimEnd())),
        new("total progress", r => Number(r.Probe.Together?.Throughput), true, rows.Any(r => r.Probe.Together is not null)),
        new("mean slowdown", r => Number(r.Probe.Together?.Turnaround), true, rows.Any(r => r.Probe.Together is not null)),
        new("fairness", r => Number(r.Probe.Together?.Jain), true, rows.Any(r => r.Probe.Together is not null)),
        new("sum ÷ whole", r => Parts.Percent(r.Probe.SumOverWhole), true, rows.Any(r => r.Probe.SumOverWhole is not null)));

    static Html Taxed(IReadOnlyList<(string Layout, ProbeIndex Probe)> rows) => SortableTable.Of(rows,
        new("layout", r => Parts.Cell(r.Layout)),
        new("what", r => Parts.Cell(ReportModel.Title(r.Probe.Probe, r.Probe.Parameters))),
        new("partition tax", r => Parts.Percent(r.Probe.Tax), true));

    static string ByResource(LayoutIndex layout) => layout.Resources.Count < 2 ? ""
        : $" ({string.Join(", ", layout.Resources.Select(r => $"{r.Resource.ToString().ToLowerInvariant()} {Pretty.Percent(r.Isolation)}"))})";

    static Html Number(double? value) => value is { } v ? Html.Of($"<td class=\"n\" data-v=\"{SvgWriter.Exact(v)}\">{v.ToString("0.000", CultureInfo.InvariantCulture)}</td>") : Html.Of($"<td class=\"n\">–</td>");
}
