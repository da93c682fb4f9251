using GpuLab.Model;
using GpuLab.Reports.Plots;
using GpuLab.Statistics;

namespace GpuLab.Reports.Html;

/// <summary>What is kept for the record: all figures, what was skipped, where it came from and how to do it again.</summary>
static class RecordSections
{
    /// <summary>Rows that a browser opens at once and that are still mailed.</summary>
    const int MostFigures = 4000;

    public static Section? Figures(ReportModel model) => model.Analysis.Figures.Count == 0 ? null : new("figures", "All figures", Html.Of($"""
        <p>Medians over the samples of all repeats. Sort by any heading.{Html.When(model.Analysis.Figures.Count > MostFigures, () => Html.Of($" The first {MostFigures} of {model.Analysis.Figures.Count}; the file of figures below has all of them."))}</p>
        {SortableTable.Filtered([.. model.Analysis.Figures.Take(MostFigures)], f => model.Slice(f.Layout, f.Slice).Name,
            new("probe", f => Parts.Cell(f.Probe.Id)),
            new("parameters", f => Parts.Cell(f.Parameters.ToString())),
            new("metric", f => Parts.Cell(f.Metric.Name)),
            new("layout", f => Parts.Cell(f.Layout)),
            new("slice", f => Parts.Cell(f.Slice)),
            new("phase", f => Parts.Cell(f.IsJoint ? "as one" : PhaseText.Of(f.Phase))),
            new("median", f => Parts.Value(f.Median, f.Metric.Unit), true),
            new("interval", f => Parts.Cell($"{Pretty.Value(f.Interval.Low, f.Metric.Unit)} … {Pretty.Value(f.Interval.High, f.Metric.Unit)}")),
            new("spread", f => Parts.Percent(f.Spread), true),
            new("p5", f => Fine(f.Quantiles.P5, f), true, Fine: true),
            new("p95", f => Fine(f.Quantiles.P95, f), true, Fine: true),
            new("p99", f => Fine(f.Quantiles.P99, f), true, Fine: true),
            new("of ceiling", f => Parts.Percent(f.Ceiling?.Share), true),
            new("overlap", f => Parts.Percent(f.Overlap), true),
            new("samples", f => Html.Of($"<td class=\"n fine\">{f.Samples}</td>"), true, Fine: true),
            new("repeats", f => Html.Of($"<td class=\"n fine\">{f.Repeats}</td>"), true, Fine: true),
            new("flags", f => Parts.Flags(f.Flags)))}
        """));

    /// <summary>A value that the page has room for and paper has not; the file of all figures has it.</summary>
    static Html Fine(double value, Figure of) => Html.Of($"<td class=\"n fine\" data-v=\"{SvgWriter.Exact(value)}\">{Pretty.Value(value, of.Metric.Unit)}</td>");

    public static Section? Skipped(ReportModel model)
    {
        var skips = model.Analysis.Run.Plan.Skips;
        return skips.Count == 0 ? null : new("skipped", "Not measured", Html.Of($"""
            <div class="scroll"><table><thead><tr><th>what</th><th>why</th><th class="n">cells</th></tr></thead><tbody>{skips.Select(s => Html.Of($"<tr>{Parts.Cell(s.What)}{Parts.Cell(s.Reason)}<td class=\"n\">{s.Cells}</td></tr>"))}</tbody></table></div>
            """));
    }

    public static Section? Provenance(ReportModel model)
    {
        var sections = model.Info.Provenance.Where(s => s.Value.Count > 0).ToList();
        return sections.Count == 0 ? null : new("provenance", "Provenance", Html.Of($"""
            <div class="facts">{sections.Select(s => Html.Of($"<section><h3>{Parts.Name(s.Key)}</h3><dl>{s.Value.Select(v => Html.Of($"<dt>{Parts.Name(v.Key)}</dt><dd>{Parts.Name(v.Value)}</dd>"))}</dl></section>"))}</div>
            """));
    }

    public static Section Reproduce(ReportModel model) => new("reproduce", "How to reproduce", Html.Of($"""
        <p>With {Parts.Name(model.Info.Tool)}, the sweep below saved as a file, and seed {Parts.Name(model.Info.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture))}:</p>
        <pre tabindex="0"><code>{model.Info.CommandLine}</code></pre>
        <details open=""><summary>The sweep, SHA-256 {Parts.Name(model.Info.SweepHash)}</summary><pre tabindex="0"><code>{model.Info.Sweep}</code></pre></details>
        """));
}
