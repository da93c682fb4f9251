using System.Diagnostics;
using System.Xml.Linq;
using GpuLab.Reports.Plots;
using GpuLab.Reports.Runs;
using GpuLab.Statistics;
using Xunit.Abstractions;

namespace GpuLab.Tests.Comparison;

public sealed class RunListingTests(ITestOutputHelper output) : IDisposable
{
    readonly RunTree tree = new();

    public void Dispose() => tree.Dispose();

    static DateTimeOffset Day(int day) => new(2026, 3, day, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Runs_are_found_at_any_depth_latest_first_with_their_trials()
    {
        tree.Add("a", start: Day(1));
        tree.Add("deep/er/b", start: Day(3), tags: ["x", "y"]);
        tree.Add("c", start: Day(2), ended: false);
        Directory.CreateDirectory(Path.Combine(tree.Root, "empty"));
        var (runs, unread) = RunListing.Find(tree.Root, new());
        Assert.Empty(unread);
        Assert.Equal(["deep/er/b", "c", "a"], runs.Select(r => r.Folder));
        Assert.Equal([(6, 6, 0), (6, null, null), (6, 6, 0)], runs.Select(r => (r.Done, r.Trials, r.Exit)));
        Assert.Equal(["x", "y"], runs[0].Tags);
    }

    [Fact]
    public void Filters_leave_what_they_name()
    {
        tree.Add("a", start: Day(1), name: "first", tags: ["keep"]);
        tree.Add("b", start: Day(5), name: "second", device: "sim:h200-141gb", deviceName: "NVIDIA H200 (simulated)");
        string[] With(RunFilter filter) => [.. RunListing.Find(tree.Root, filter).Runs.Select(r => r.Folder)];
        Assert.Equal(["b"], With(new(Device: "sim:h200-141gb")));
        Assert.Equal(["b"], With(new(Device: "h200 (sim")));
        Assert.Equal(["a"], With(new(Tag: "keep")));
        Assert.Equal(["b"], With(new(Since: Day(2))));
        Assert.Equal(["a"], With(new(Name: "FIRST")));
        Assert.Equal(["b", "a"], With(new()));
    }

    [Fact]
    public void A_damaged_or_newer_run_is_named_and_the_others_are_listed()
    {
        tree.Add("good");
        foreach (var (name, text) in (IEnumerable<(string, string)>)[("cut", "{\"schema\":1,\"na"), ("newer", "{\"schema\":99}"), ("list", "[1]"), ("odd", "{\"schema\":1,\"name\":7}")])
        {
            Directory.CreateDirectory(Path.Combine(tree.Root, name));
            File.WriteAllText(Path.Combine(tree.Root, name, "run.json"), text);
        }
        var (runs, unread) = RunListing.Find(tree.Root, new());
        Assert.Equal(["good"], runs.Select(r => r.Folder));
        Assert.Equal(["cut", "list", "newer", "odd"], unread.Select(u => u.Folder));
        Assert.Contains("schema 99", unread[2].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_thousand_runs_are_all_listed()
    {
        var run = Path.Combine(tree.Add("r0"), "run.json");
        for (var i = 1; i < 2000; i++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(tree.Root, FormattableString.Invariant($"{i % 40}/r{i}"))).FullName;
            File.Copy(run, Path.Combine(folder, "run.json"));
        }
        RunListing.Find(tree.Root, new());
        var watch = Stopwatch.StartNew();
        Assert.Equal(2000, RunListing.Find(tree.Root, new()).Runs.Count);
        output.WriteLine($"2000 runs in {watch.ElapsedMilliseconds} ms");
    }

    [Fact]
    public void Figures_are_followed_over_the_runs_of_a_device()
    {
        var (early, late) = (RunMaker.Run(_ => 1e-7, 2, probe: RunMaker.Chase), RunMaker.Run(_ => 2e-7, 1, probe: RunMaker.Chase, seed: 2));
        late = late with { Run = late.Run with { Info = late.Run.Info with { Start = late.Run.Info.Start.AddDays(1) } } };
        var tracks = History.Of([RunFigures.Of(late), RunFigures.Of(early), RunFigures.Of(RunMaker.Run(_ => 1, name: "other"))]);
        Assert.Equal(["other", "Test CPU", "Test CPU"], tracks.Select(t => t.Device).OrderDescending());
        var chase = tracks.First(t => t.Device == "Test CPU");
        Assert.Equal(0.5, chase.Change, 2);
        Assert.True(double.IsNaN(tracks.Last(t => t.Device == "Test CPU").Change));
        var page = IndexPage.Render("<b>", [], tracks, new Dictionary<string, string>());
        Assert.Contains("&lt;b&gt;", page, StringComparison.Ordinal);
        Assert.Contains("class='plot spark'", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new double[] { })]
    [InlineData(new[] { 1.0 })]
    [InlineData(new[] { 0.0, 0.0 })]
    [InlineData(new[] { 1, double.NaN, 3 })]
    public void A_sparkline_is_drawn_of_anything(double[] points)
    {
        var svg = Sparkline.Svg(points, "<tip>");
        Assert.DoesNotContain("NaN", svg, StringComparison.Ordinal);
        Assert.Equal("<tip>", XElement.Parse(svg).Elements().First().Value);
    }
}
