using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace GpuLab.Tests.EndToEnd;

/// <summary>Whatever is made from a simulated run says that it is simulated: a figure must not be taken for a measurement wherever it ends up.</summary>
[Collection(Outside.Name)]
public sealed partial class MarkTests(MarkTests.OneRun one) : IClassFixture<MarkTests.OneRun>
{
    const string Sweep = "name: marked\ndevice: sim:h200-141gb\nlayouts: [whole, 2x3g.71gb]\nmodes: [solo, matrix]\neffort: quick\nrepeats: 2\nprobes: [mem.read, {probe: lat.chase, bytes: [1MiB, 16MiB, 1GiB]}, control.create]\nexclude: [{probe: lat.chase, mode: matrix}]\n";

    /// <summary>Made once for all tests.</summary>
    public sealed class OneRun : IAsyncLifetime
    {
        public Workplace Place { get; } = new();

        internal Ended Ended { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Ended = await Gpulab.Run("run", Place.Write("sweep.yaml", Sweep), "--out", Place.At("run"));
            Assert.True(Ended.Code == 0, Ended.ToString());
        }

        public Task DisposeAsync()
        {
            Place.Dispose();
            return Task.CompletedTask;
        }
    }

    string Run => one.Place.At("run");

    static async Task<string> Output(params string[] arguments)
    {
        var ended = await Gpulab.Run(arguments);
        Assert.True(ended.Code == 0, ended.ToString());
        return ended.Out;
    }

    [Fact]
    public void Every_table_in_the_terminal_and_every_row_of_the_files()
    {
        // A table is a heading line of dashes; its title stands two lines above.
        var lines = one.Ended.Out.Split('\n');
        var tables = lines.Index().Where(l => l.Item.TrimStart().StartsWith("───", StringComparison.Ordinal)).Select(l => string.Join('\n', lines[Math.Max(0, l.Index - 8)..l.Index])).ToArray();
        Assert.True(tables.Length >= 3, one.Ended.Out);
        Assert.All(tables, t => Assert.Contains("SIMULATED", t, StringComparison.Ordinal));
        Assert.StartsWith("SIMULATED", one.Ended.Out, StringComparison.Ordinal);
        // Sentences with figures are copied without the heading above them.
        var sentences = lines.Where(l => Sentence().IsMatch(l)).ToList();
        Assert.All(sentences, l => Assert.Contains("simulated: ", l, StringComparison.Ordinal));
        Assert.All((string[])["NOTE", "isolation index"], word => Assert.Contains(sentences, l => l.Contains(word, StringComparison.Ordinal)));
        Assert.All(one.Ended.Error.Split('\n').Where(l => l.Contains(" trials, ", StringComparison.Ordinal) && l.Contains(" left; ", StringComparison.Ordinal)), l => Assert.Contains("simulated: ", l, StringComparison.Ordinal));
        Assert.Contains("is simulated, a prediction", one.Ended.Error, StringComparison.Ordinal);
        Assert.All(File.ReadLines(Path.Combine(Run, "samples.csv")).Skip(1), row => Assert.Contains(",simulated", row, StringComparison.Ordinal));
        Assert.Contains("device,simulated,1", File.ReadAllText(Path.Combine(Run, "telemetry.csv")), StringComparison.Ordinal);
        Assert.Contains("\"simulated\": true", File.ReadAllText(Path.Combine(Run, "run.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_report_every_drawing_in_it_and_every_figure_taken_out_of_it()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Run, "report.html"));
        Assert.Contains("<title>SIMULATED: ", page, StringComparison.Ordinal);
        Assert.Contains("role=\"note\"><b>SIMULATED</b>", page, StringComparison.Ordinal);
        var drawings = Drawing().Matches(page);
        Assert.True(drawings.Count > 5);
        Assert.All(drawings, d => Assert.StartsWith("SIMULATED: ", d.Groups[1].Value, StringComparison.Ordinal));
        var figures = (await Output("figure", Run, "--list")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t')[1]).ToArray();
        Assert.True(figures.Length > 2);
        foreach (var figure in figures.Take(3))
        {
            var svg = XDocument.Parse(await Output("figure", Run, figure));
            // In full ink once, and tiled behind the marks.
            Assert.True(svg.Descendants().Count(e => e.Name.LocalName == "text" && e.Value == "SIMULATED") > 2, figure);
        }
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("json")]
    [InlineData("markdown")]
    [InlineData("latex")]
    public async Task Every_exported_table(string format)
    {
        var text = await Output("export", Run, "--format", format);
        Assert.True(format switch
        {
            "csv" => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).All(l => l.Contains(",yes,", StringComparison.Ordinal)) && text.Contains("simulated", StringComparison.Ordinal),
            "json" => JsonDocument.Parse(text).RootElement.EnumerateArray().All(r => r.GetProperty("simulated").ToString() is "yes" or "True"),
            _ => text.Contains("SIMULATED", StringComparison.Ordinal),
        }, text);
    }

    [Fact]
    public async Task Comparisons_lists_of_runs_and_what_scripts_read()
    {
        var tiny = one.Place.Write("tiny.yaml", "name: tiny\ndevice: sim:h200-141gb\neffort: quick\nrepeats: 1\nprobes: [launch.api]\n");
        Assert.True(JsonDocument.Parse(await Output("run", tiny, "--json", "--out", one.Place.At("tiny"))).RootElement.GetProperty("simulated").GetBoolean());
        Assert.True(JsonDocument.Parse(await Output("run", tiny, "--json", "--dry-run")).RootElement.GetProperty("simulated").GetBoolean());
        Assert.Contains("SIMULATED", await Output("compare", Run, Run), StringComparison.Ordinal);
        Assert.True(JsonDocument.Parse(await Output("compare", Run, Run, "--json")).RootElement.GetProperty("simulated").GetBoolean());
        Assert.Contains("(simulated)", await Output("runs", one.Place.Folder), StringComparison.Ordinal);
        Assert.True(JsonDocument.Parse(await Output("runs", one.Place.Folder, "--json")).RootElement[0].GetProperty("simulated").GetBoolean());
    }

    [Fact]
    public async Task Plans_of_a_device_that_is_not_there()
    {
        Assert.Contains("(simulated)", await Output("partition", "plan", "7x1g.18gb", "--on", "sim:h200-141gb"), StringComparison.Ordinal);
        Assert.True(JsonDocument.Parse(await Output("partition", "plan", "7x1g.18gb", "--on", "sim:h200-141gb", "--json")).RootElement[0].GetProperty("simulated").GetBoolean());
        Assert.Contains("sim:h200-141gb", await Output("layouts", "--on", "sim:h200-141gb", "--maximal"), StringComparison.Ordinal);
        Assert.Contains("sim:h200-141gb", await Output("profiles", "--on", "sim:h200-141gb"), StringComparison.Ordinal);
    }

    /// <summary>Lines outside tables that tell a figure: of a curve's levels, of a layout, of findings, and how many verdicts there are.</summary>
    [GeneratedRegex("^(?:simulated: )?(?:layout \\S+: |\\d+ )?(lat.chase(?= on)|isolation index|UNDECIDED|NOTE|SUSPECT|INVALID)\\b")]
    private static partial Regex Sentence();

    [GeneratedRegex("class='plot'[^>]*><title>([^<]*)</title>")]
    private static partial Regex Drawing();
}
