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
        <div class="scroll tall"><table class="sortable filtered"><thead><tr><th>probe</th><th>parameters</th><th>metric</th><th>layout</th><th>slice</th><th>phase</th><th class="n">median</th><th>interval</th><th class="n">spread</th><th class="n fine">p5</th><th class="n fine">p95</th><th class="n fine">p99</th><th class="n">of ceiling</th><th class="n">overlap</th><th class="n fine">samples</th><th class="n fine">repeats</th><th>flags</th></tr></thead><tbody>
        {model.Analysis.Figures.Take(MostFigures).Select(f => Row(model, f))}
        </tbody></table></div>
        """));

    static Html Row(ReportModel model, Figure f)
    {
        var unit = f.Metric.Unit;
        return Html.Of($"<tr data-key=\"{model.Slice(f.Layout, f.Slice).Name}\">{Parts.Cell(f.Probe.Id)}{Parts.Cell(f.Parameters.ToString())}{Parts.Cell(f.Metric.Name)}{Parts.Cell(f.Layout)}{Parts.Cell(f.Slice)}<td>{(f.IsJoint ? "as one" : PhaseText.Of(f.Phase))}</td>{Parts.Value(f.Median, unit)}<td>{Pretty.Value(f.Interval.Low, unit)} … {Pretty.Value(f.Interval.High, unit)}</td>{Parts.Percent(f.Spread)}{Fine(f.Quantiles.P5, unit)}{Fine(f.Quantiles.P95, unit)}{Fine(f.Quantiles.P99, unit)}{Parts.Percent(f.Ceiling?.Share)}{Parts.Percent(f.Overlap)}<td class=\"n fine\">{f.Samples}</td><td class=\"n fine\">{f.Repeats}</td>{Parts.Flags(f.Flags)}</tr>");
    }

    /// <summary>A value that the page has room for and paper has not; the file of all figures has it.</summary>
    static Html Fine(double value, string unit) => Html.Of($"<td class=\"n fine\" data-v=\"{SvgWriter.Exact(value)}\">{Pretty.Value(value, unit)}</td>");

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
