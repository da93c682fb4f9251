using System.Text.Json;
using System.Xml.Linq;
using GpuLab.Cli;
using GpuLab.Reports.Export;
using GpuLab.Reports.Html;
using GpuLab.Reports.Plots;
using GpuLab.Statistics;

namespace GpuLab.Tests.Comparison;

/// <summary>Verbs that read runs, by their exit codes and the files they write.</summary>
public sealed class CompareVerbTests : IDisposable
{
    readonly RunTree tree = new();

    public void Dispose() => tree.Dispose();

    [Fact]
    public async Task Exit_codes_tell_done_unlike_worse_and_invalid()
    {
        var (a, b, slow, other, few) = (tree.Add("a"), tree.Add("bb"), tree.Add("slow", 0.9e10), tree.Add("other", bytes: 131072), tree.Add("few", 0.5e10, repeats: 3));
        Assert.Equal(CommandLine.Done, await CommandLine.Run(["compare", a, b, "--fail-on", "5%"]));
        Assert.Equal(CommandLine.Worse, await CommandLine.Run(["compare", a, slow, "--fail-on", "5%"]));
        Assert.Equal(CommandLine.Done, await CommandLine.Run(["compare", a, slow, "--fail-on", "20%"]));
        Assert.Equal(CommandLine.Done, await CommandLine.Run(["compare", a, slow]));
        Assert.Equal(CommandLine.Done, await CommandLine.Run(["compare", a, few, "--fail-on", "5%"]));
        Assert.Equal(CommandLine.Wrong, await CommandLine.Run(["compare", a, other]));
        Assert.Equal(CommandLine.Done, await CommandLine.Run(["compare", a, other, "--accept"]));
        Assert.Equal(CommandLine.Wrong, await CommandLine.Run(["compare", a]));
        Assert.Equal(CommandLine.Wrong, await CommandLine.Run(["compare", a, b, "--by", "colour"]));
        Assert.Equal(CommandLine.Wrong, await CommandLine.Run(["compare", a, b, "--only", "nothing.like.it"]));
        Assert.Equal(CommandLine.Wrong, await CommandLine.Run(["compare", a, Path.Combine(tree.Root, "missing")]));
    }

    [Fact]
    public async Task Tags_of_the_command_line_stand_beside_those_of_the_sweep()
    {
        var (sweep, run) = (Path.Combine(tree.Root, "s.yaml"), Path.Combine(tree.Root, "tagged"));
        File.WriteAllText(sweep, "name: tagged\ndevice: sim:h200-141gb\nlayouts: [whole]\nmodes: [solo]\nprobes: [launch.sync]\nrepeats: 1\neffort: quick\ntags: [first]\n");
        Assert.Equal(CommandLine.Done, await CommandLine.Run(["run", sweep, "--in-process", "--out", run, "--tag", "second", "--tag", "first"]));
        Assert.Equal(["first", "second"], GpuLab.Results.RunFolderReader.ReadInfo(run).Tags);
        Assert.Equal(CommandLine.Done, await CommandLine.Run(["runs", tree.Root, "--tag", "second"]));
    }

    [Fact]
    public async Task A_page_is_written_where_asked_for()
    {
        var page = Path.Combine(tree.Root, "page.html");
        Assert.Equal(CommandLine.Done, await CommandLine.Run(["compare", tree.Add("a"), tree.Add("slow", 0.9e10), "--html", page]));
        var text = File.ReadAllText(page);
        Assert.Contains("SLOWER", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"https?://(?!www\.w3\.org/2000/svg)|<link|src=", text);
    }

    [Fact]
    public async Task A_baseline_is_the_latest_finished_run_kept_for_the_device()
    {
        var kept = Path.Combine(tree.Root, "kept");
        tree.Add("kept/host/old", 1e10, start: new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        tree.Add("kept/host/new", 2e10, start: new(2026, 2, 1, 0, 0, 0, TimeSpan.Zero));
        tree.Add("kept/host/killed", 9e10, start: new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), ended: false);
        Assert.EndsWith("host/new", Baselines.Of("host", kept), StringComparison.Ordinal);
        Assert.Equal(CommandLine.Worse, await CommandLine.Run(["compare", "--baseline", "host", "--baselines", kept, tree.Add("now", 1e10), "--fail-on", "5%"]));
        Assert.Equal(CommandLine.Wrong, await CommandLine.Run(["compare", "--baseline", "gpu", "--baselines", kept, tree.Add("now2")]));
        Assert.Contains("it holds host", Assert.Throws<UsageException>(() => Baselines.Of("gpu", kept)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Figures_are_written_for_the_width_and_the_size_of_text_asked_for()
    {
        var (run, file) = (tree.Add("a"), Path.Combine(tree.Root, "f.svg"));
        Assert.Equal(CommandLine.Done, await CommandLine.Run(["figure", run, "--list"]));
        Assert.Equal(CommandLine.Done, await CommandLine.Run(["figure", run, "mem-read", "-o", file, "--width", "85", "--font-size", "9", "--font", "Latin \"Modern\";}"]));
        var svg = XElement.Load(file);
        Assert.Equal("85mm", (string)svg.Attribute("width")!);
        Assert.Equal(85 / 25.4 * 96, double.Parse(((string)svg.Attribute("viewBox")!).Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture), 0.01);
        Assert.Contains("font-family: \"Latin Modern\", Inter", svg.ToString(), StringComparison.Ordinal);
        Assert.Equal(CommandLine.Wrong, await CommandLine.Run(["figure", run, "nothing"]));
        Assert.Equal(CommandLine.Wrong, await CommandLine.Run(["figure", run, "1", "-o", file + ".bmp"]));
        Assert.Equal(CommandLine.Wrong, await CommandLine.Run(["figure", run]));
        Assert.Equal(CommandLine.Wrong, await CommandLine.Run(["figure", run, "1", "--width", "3"]));
    }

    [Fact]
    public void Figures_are_named_apart_and_found_by_name_number_or_words()
    {
        static Plot Titled(string title) => new(title, new Linear("x", "s"), new Linear("y", "s"));
        var named = FigureNames.Of([Titled("mem.read bytes=1MiB"), Titled("mem.read bytes=1MiB"), Titled("lat.chase"), Titled("<>")]);
        Assert.Equal(["mem-read-bytes-1mib", "mem-read-bytes-1mib-2", "lat-chase", "figure"], named.Select(n => n.Name));
        Assert.Equal("lat-chase", FigureNames.Find(named, "3")!.Value.Name);
        Assert.Equal("lat-chase", FigureNames.Find(named, "lat.ch")!.Value.Name);
        Assert.Equal("mem-read-bytes-1mib", FigureNames.Find(named, "mem-read-bytes-1mib")!.Value.Name);
        Assert.Null(FigureNames.Find(named, "mem"));
        Assert.Null(FigureNames.Find(named, "5"));
    }

    [Fact]
    public async Task Tables_hold_the_stored_values_and_escape_what_their_format_needs()
    {
        var run = RunMaker.Run(_ => 123456.789, layout: "a,b\"c|d_e%");
        var table = FigureTable.Of(RunFigures.Of(run));
        var median = run.Figures[0].Median.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        var csv = TableText.Write(table, "csv", simulated: false).Split('\n');
        Assert.StartsWith("run,device,simulated,layout,", csv[0], StringComparison.Ordinal);
        Assert.Contains("\"a,b\"\"c|d_e%\"", csv[1], StringComparison.Ordinal);
        Assert.Contains("," + median + ",", csv[1], StringComparison.Ordinal);
        var json = JsonDocument.Parse(TableText.Write(table, "json", simulated: false)).RootElement[0];
        Assert.Equal(run.Figures[0].Median, json.GetProperty("median").GetDouble());
        Assert.Equal(65536, json.GetProperty("bytes").GetDouble());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("ceiling").ValueKind);
        Assert.Contains("c\\|d_e%", TableText.Write(table, "markdown", simulated: false), StringComparison.Ordinal);
        var latex = TableText.Write(table, "latex", simulated: true);
        Assert.Contains("d\\_e\\%", latex, StringComparison.Ordinal);
        Assert.Contains("SIMULATED", latex, StringComparison.Ordinal);
        var file = Path.Combine(tree.Root, "t.csv");
        Assert.Equal(CommandLine.Done, await CommandLine.Run(["export", tree.Add("a"), "-o", file]));
        Assert.Equal(3, File.ReadAllText(file).Split('\n').Length);
    }
}
