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
        {SortableTable.Of(c.Groups,
        [
            new("metric", g => Parts.Cell(g.Probe)),
            new("when", g => Parts.Cell(g.When)),
            new("column", g => Parts.Cell(g.Column)),
            new("cells", g => Parts.Count(g.Cells), true),
            .. counted.Select(v => new Column<GroupSummary>(v.ToString().ToLowerInvariant(), g => Parts.Count(g.Verdicts.GetValueOrDefault(v)), true)),
            new("ratio", g => Parts.Value(g.Ratio, "1"), true),
            new("worst", g => Parts.Value(g.Worst, "1"), true),
            new("best", g => Parts.Value(g.Best, "1"), true),
        ])}
        """));

    static readonly VerdictKind[] counted = [VerdictKind.Faster, VerdictKind.Same, VerdictKind.Slower, VerdictKind.Undecided, VerdictKind.Invalid];

    static Section Cells(RunComparison c)
    {
        var outcomes = c.Outcomes.ToList();
        var left = outcomes.Count > MostRows ? Markup.Of($"<p class=\"more\">The worst {MostRows} of {outcomes.Count}; 'gpulab compare --json' gives all.</p>") : Markup.Empty;
        return new("cells", "All cells", Markup.Of($"""
            <p>Worst first. A verdict needs six repeats on either side; without them the ratio is shown and nothing is claimed.</p>
            {SortableTable.Filtered([.. outcomes.Take(MostRows).Select(o => new Row(o.Cell, o.Column, o.Outcome))], null,
                new("cell", r => Parts.Cell(r.Cell.Key.ToString())),
                new("column", r => Parts.Cell(c.Columns[r.Column])),
                new("verdict", r => Parts.Marked(VerdictText.Badge(r.Outcome.Verdict))),
                new("ratio", r => Parts.Value(r.Outcome.Ratio.Ratio, "1"), true),
                new("95 % interval", r => Parts.Cell(VerdictText.Range(r.Outcome.Interval))),
                new(c.Columns[0], r => Parts.Value(r.A.Figure.Median, r.Unit), true),
                new("column", r => Parts.Value(r.B.Figure.Median, r.Unit), true),
                new("of ceiling", r => Pair(r, n => n.OfCeiling, "%"), true),
                new("per unit", r => Pair(r, n => n.PerUnit, r.Unit), true),
                new("per B/s", r => Pair(r, n => n.PerBandwidth, "1"), true),
                new("per W", r => Pair(r, n => n.PerWatt, r.Unit), true),
                new("why", r => Parts.Cell(r.Outcome.Verdict.Reason)))}{left}
            """));
    }

    /// <summary>A cell in one column against the first.</summary>
    sealed record Row(ComparedCell Cell, int Column, Outcome Outcome)
    {
        public Side A => Cell.Sides[0]!;

        public Side B => Cell.Sides[Column]!;

        public string Unit => Cell.Metric.Unit;
    }

    static Markup Pair(Row row, Func<Normalised, double?> of, string unit) => Pair(of(row.A.Normalised), of(row.B.Normalised), unit);

    static Markup Pair(double? a, double? b, string unit) => a is null && b is null ? Markup.Of($"<td class=\"n\">–</td>") : Markup.Of($"<td class=\"n\">{Text(a, unit)} → {Text(b, unit)}</td>");

    static string Text(double? value, string unit) => value is { } v ? Pretty.Value(v, unit) : "–";

    static Section? Differences(RunComparison c) => c.Differences.Count == 0 ? null : new("differences", "What else differs", Markup.Of($"""
        <p>{Parts.Name(Sentences.Besides(c))}</p>
        {SortableTable.Of([.. c.Differences.OrderBy(d => d.Expected)],
        [
            new("where", d => Parts.Cell(d.Section)),
            new("what", d => Parts.Cell(d.Name)),
            .. c.Runs.Select((r, i) => new Column<Difference>(r.Label, d => Parts.Cell(d.Values[i]))),
            new("part of what is compared", d => Parts.Cell(d.Expected ? "yes" : "no")),
        ])}
        """));

    static Section Again(string commandLine) => new("reproduce", "How to reproduce", Markup.Of($"<pre tabindex=\"0\"><code>{commandLine}</code></pre>"));
}
