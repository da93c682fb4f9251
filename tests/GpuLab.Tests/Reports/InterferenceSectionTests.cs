using System.Text.RegularExpressions;
using GpuLab.Reports.Html;
using GpuLab.Tests.Truth;

namespace GpuLab.Tests.Reports;

/// <summary>Matrices, curves and layouts of planted runs as the report shows them.</summary>
public sealed partial class InterferenceSectionTests
{
    const string Plant = "noise: {within: 0.2%, between: 0, phases: 0.05%}\ncoupling: {resource: memory, victim: 2g.35gb@0, aggressor_resource: memory, size: 20%}\n";

    [Fact]
    public async Task A_matrix_shows_each_loss_in_its_place_and_a_verdict_for_each_cell()
    {
        var analysis = await TruthRun.Run(Sweep("matrix", "mem.copy, compute.fp32"), Plant);
        var page = RunReport.Render(analysis);

        // One plot for each work, with the slices as rows.
        Assert.Equal(["mem.copy bytes=256MiB beside aggressors, layout 3x2g.35gb", "compute.fp32 beside aggressors, layout 3x2g.35gb"], Titles().Matches(page).Select(m => m.Groups[1].Value));
        var cells = Cells().Matches(page).ToLookup(m => $"{m.Groups[1].Value} {m.Groups[2].Value}", m => m.Groups[3].Value);
        // Each plot is drawn twice, for wide pages and for narrow ones.
        Assert.Equal(2 * 2 * 3 * 5, cells.Sum(c => c.Count()));
        foreach (var aggressor in (string[])["2g.35gb@2", "2g.35gb@4", "all others"]) Assert.StartsWith("20.", Near(cells[$"2g.35gb@0 {aggressor}"].First()), StringComparison.Ordinal);
        Assert.All(cells["2g.35gb@0 2g.35gb@0"], c => Assert.Equal("–", c));
        Assert.Contains("3 COUPLED", page, StringComparison.Ordinal);
        foreach (var coupling in analysis.Couplings) Assert.Contains($"<td>{coupling.Verdict}</td>", page, StringComparison.Ordinal);
        Assert.Equal(analysis.Couplings.Count, VerdictCells().Count(page));
    }

    [Fact]
    public async Task What_is_not_valid_or_not_decided_says_so_in_its_cell()
    {
        // Three repeats decide nothing; the clock of one slice is ten seconds ahead.
        var page = RunReport.Render(await TruthRun.Run(Sweep("matrix", "mem.copy", repeats: 3), $"{Plant}clock: {{slice: 2g.35gb@4, offset: 10s}}"));
        Assert.Contains("? undecided, × not valid.", page, StringComparison.Ordinal);
        Assert.Contains(">×</text>", page, StringComparison.Ordinal);
        Assert.Matches(@">20\??</text>|>20\?</text>", page);
    }

    [Fact]
    public async Task One_victim_is_one_plot_with_its_works_as_rows_and_what_columns_share_said_once()
    {
        var page = RunReport.Render(await TruthRun.Run(Sweep("matrix", "mem.copy, mem.read", "layouts: [2x3g.71gb]", "aggressors: [mem.triad, compute.fp64]\nexclude: {slice: 3g.71gb@4}"), "noise: {phases: 0.05%}"));
        Assert.Equal(["3g.71gb@0 of 2x3g.71gb beside aggressors"], Titles().Matches(page).Select(m => m.Groups[1].Value));
        Assert.Contains("aggressor on 3g.71gb@4", page, StringComparison.Ordinal);
        Assert.Equal(["compute.fp64", "mem.triad", "none"], Cells().Matches(page).Select(m => m.Groups[2].Value).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Contention_dials_and_layouts_have_their_plots_and_numbers()
    {
        var page = RunReport.Render(await TruthRun.Run(Sweep("contention, dial", "mem.copy"), Plant));
        Assert.Contains("mem.copy bytes=256MiB on one slice and more, layout 3x2g.35gb", page, StringComparison.Ordinal);
        Assert.Contains("With 3 slices at work each keeps at least 80.", page, StringComparison.Ordinal);
        Assert.Contains("beside dialled aggressors, layout 3x2g.35gb", page, StringComparison.Ordinal);
        Assert.Contains("Layouts in numbers", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", Text().Replace(page, " "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Curves_without_a_valid_point_are_drawn_without_it()
    {
        var page = RunReport.Render(await TruthRun.Run(Sweep("contention, dial", "mem.copy", repeats: 3), $"{Plant}clock: {{slice: 2g.35gb@2, offset: 10s}}"));
        Assert.Contains("INVALID", page, StringComparison.Ordinal);
        Assert.DoesNotContain("='NaN'", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN,", page, StringComparison.Ordinal);
    }

    /// <summary>19.9x and 20.0x are the same to a reader.</summary>
    static string Near(string percent) => percent.StartsWith("19.9", StringComparison.Ordinal) ? "20.0 %" : percent;

    static string Sweep(string modes, string probes, string layouts = "layouts: [3x2g.35gb]", string more = "", int repeats = 6) =>
        FormattableString.Invariant($"name: page\ndevice: sim:h200-141gb\n{layouts}\nmodes: [{modes}]\neffort: quick\nmin_time: 20ms\nrepeats: {repeats}\nprobes: [{probes}]\n{more}\n");

    [GeneratedRegex("<b><bdi>([^<]*beside aggressors[^<]*)</bdi></b>")]
    private static partial Regex Titles();

    [GeneratedRegex("<title>([^,<]*), ([^:<]*): ([^<]*)</title><rect")]
    private static partial Regex Cells();

    [GeneratedRegex("<td>(ISOLATED|COUPLED|FASTER|UNDECIDED|INVALID)</td>")]
    private static partial Regex VerdictCells();

    [GeneratedRegex("<script[^>]*>.*?</script>", RegexOptions.Singleline)]
    private static partial Regex Text();
}
