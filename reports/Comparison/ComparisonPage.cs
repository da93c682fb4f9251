using System.Globalization;
using GpuLab.Model;
using GpuLab.Reports.Html;
using GpuLab.Statistics;
using Markup = GpuLab.Reports.Html.Html;

namespace GpuLab.Reports.Comparison;

/// <summary>A comparison as one offline HTML file.</summary>
public static class ComparisonPage
{
    const int MostRows = 2000;

    /// <param name="commandLine">By which it was made, for the reader who wants to make it again.</param>
    public static string Render(RunComparison c, string commandLine)
    {
        var title = c.By == "run" ? string.Join(" against ", c.Subject == "device" ? c.Devices.Distinct() : c.Runs.Select(r => r.Run.Info.Name).Distinct()) : $"{string.Join(", ", c.Runs.Select(r => r.Run.Info.Name).Distinct())} by {c.By}";
        List<Section> sections = [.. new[] { Objections(c), Runs(c), HardwareSection.Of(c), Summary(c), RatioSection.Of(c), CurveSection.Of(c), Cells(c), Differences(c), Again(commandLine) }.OfType<Section>()];
        var header = Markup.Of($"""
            <h1>{Parts.Name(title)}</h1>
            <p class="sub">A comparison by {Parts.Name(c.By)}; {Parts.Name(c.Columns[0])} is what the others are held against.</p>
            {Sentences.Of(c).Select(s => Markup.Of($"<p class=\"verdict\">{Parts.Name(s)}</p>"))}
            """);
        return PageFrame.Of(title, c.Runs[0].Run.Info.Tool, c.Simulated, header, sections).ToString();
    }

    static Section? Objections(RunComparison c) => c.Objections.Count == 0 ? null : new("objections", "Why to be careful", Markup.Of($"""
        <ul class="findings">{c.Objections.Select(o => Markup.Of($"<li class=\"suspect\"><b class=\"severity\">Unlike</b> {Parts.Name(o)}</li>"))}</ul>
        """));

    static Section Runs(RunComparison c) => new("runs", "What is compared", Markup.Of($"""
        <div class="scroll"><table><thead><tr><th></th><th>run</th><th>device</th><th>figures are</th><th>date</th><th>program</th><th class="n">figures</th></tr></thead><tbody>
        {c.Runs.Select(r => (r, Info: r.Run.Info)).Select(x => Markup.Of($"<tr><td><b>{x.r.Label}</b></td>{Parts.Cell(x.Info.Name)}{Parts.Cell(x.Info.DeviceName)}<td>{(x.Info.Simulated ? "predicted" : "measured")}</td><td>{x.Info.Start.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}</td>{Parts.Cell(ShortTool(x.Info.Tool))}<td class=\"n\">{x.r.Run.Figures.Count}</td></tr>"))}
        </tbody></table></div>
        """));

    /// <summary>Without the tail of a commit's hash.</summary>
    internal static string ShortTool(string tool) => tool.IndexOf('+', StringComparison.Ordinal) is var plus and >= 0 && tool.Length > plus + 9 ? tool[..(plus + 9)] : tool;

    static Section Summary(RunComparison c) => new("summary", "Summary by probe", Markup.Of($"""
        <p>Ratios are of performance: above 1 is better than {Parts.Name(c.Columns[0])}, for rates and for times alike; over several cells the geometric mean.</p>
        <div class="scroll"><table class="sortable"><thead><tr><th>metric</th><th>when</th><th>column</th><th class="n">cells</th><th class="n">faster</th><th class="n">same</th><th class="n">slower</th><th class="n">undecided</th><th class="n">invalid</th><th class="n">ratio</th><th class="n">worst</th><th class="n">best</th></tr></thead><tbody>
        {c.Groups.Select(g => Markup.Of($"<tr>{Parts.Cell(g.Probe)}<td>{g.When}</td>{Parts.Cell(g.Column)}<td class=\"n\">{g.Cells}</td>{Count(g, VerdictKind.Faster)}{Count(g, VerdictKind.Same)}{Count(g, VerdictKind.Slower)}{Count(g, VerdictKind.Undecided)}{Count(g, VerdictKind.Invalid)}{Parts.Value(g.Ratio, "1")}{Parts.Value(g.Worst, "1")}{Parts.Value(g.Best, "1")}</tr>"))}
        </tbody></table></div>
        """));

    static Markup Count(GroupSummary g, VerdictKind kind) => Markup.Of($"<td class=\"n\">{g.Verdicts.GetValueOrDefault(kind)}</td>");

    static Section Cells(RunComparison c)
    {
        var outcomes = c.Outcomes.ToList();
        var left = outcomes.Count > MostRows ? Markup.Of($"<p class=\"more\">The worst {MostRows} of {outcomes.Count}; 'gpulab compare --json' gives all.</p>") : Markup.Empty;
        return new("cells", "All cells", Markup.Of($"""
            <p>Worst first. A verdict needs six repeats on either side; without them the ratio is shown and nothing is claimed.</p>
            <div class="scroll tall"><table class="sortable filtered"><thead><tr><th>cell</th><th>column</th><th>verdict</th><th class="n">ratio</th><th>95 % interval</th><th class="n">{c.Columns[0]}</th><th class="n">column</th><th class="n">of ceiling</th><th class="n">per unit</th><th class="n">per B/s</th><th class="n">per W</th><th>why</th></tr></thead><tbody>
            {outcomes.Take(MostRows).Select(o => Row(c, o.Cell, o.Column, o.Outcome))}
            </tbody></table></div>{left}
            """));
    }

    static Markup Row(RunComparison c, ComparedCell cell, int column, Outcome o)
    {
        var (a, b, unit) = (cell.Sides[0]!, cell.Sides[column]!, cell.Metric.Unit);
        return Markup.Of($"<tr>{Parts.Cell(cell.Key.ToString())}{Parts.Cell(c.Columns[column])}<td>{VerdictText.Badge(o.Verdict)}</td>{Parts.Value(o.Ratio.Ratio, "1")}<td>{VerdictText.Range(o.Interval)}</td>{Parts.Value(a.Figure.Median, unit)}{Parts.Value(b.Figure.Median, unit)}{Pair(a.Normalised.OfCeiling, b.Normalised.OfCeiling, "%")}{Pair(a.Normalised.PerUnit, b.Normalised.PerUnit, unit)}{Pair(a.Normalised.PerBandwidth, b.Normalised.PerBandwidth, "1")}{Pair(a.Normalised.PerWatt, b.Normalised.PerWatt, unit)}{Parts.Cell(o.Verdict.Reason)}</tr>");
    }

    static Markup Pair(double? a, double? b, string unit) => a is null && b is null ? Markup.Of($"<td class=\"n\">–</td>") : Markup.Of($"<td class=\"n\">{Text(a, unit)} → {Text(b, unit)}</td>");

    static string Text(double? value, string unit) => value is { } v ? Pretty.Value(v, unit) : "–";

    static Section? Differences(RunComparison c) => c.Differences.Count == 0 ? null : new("differences", "What else differs", Markup.Of($"""
        <p>{Parts.Name(Sentences.Besides(c))}</p>
        <div class="scroll"><table class="sortable"><thead><tr><th>where</th><th>what</th>{c.Runs.Select(r => Markup.Of($"<th>{r.Label}</th>"))}<th>part of what is compared</th></tr></thead><tbody>
        {c.Differences.OrderBy(d => d.Expected).Select(d => Markup.Of($"<tr>{Parts.Cell(d.Section)}{Parts.Cell(d.Name)}{d.Values.Select(Parts.Cell)}<td>{(d.Expected ? "yes" : "no")}</td></tr>"))}
        </tbody></table></div>
        """));

    static Section Again(string commandLine) => new("reproduce", "How to reproduce", Markup.Of($"<pre tabindex=\"0\"><code>{commandLine}</code></pre>"));
}
