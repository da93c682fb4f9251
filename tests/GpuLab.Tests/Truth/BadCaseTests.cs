using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using GpuLab.Control.Host;
using GpuLab.Results;
using GpuLab.Tests.EndToEnd;

namespace GpuLab.Tests.Truth;

/// <summary>What must not pass for a figure does not: each bad case through the program, from a plant or a sweep to what a reader is told.</summary>
[Collection(Outside.Name)]
public sealed class BadCaseTests : IDisposable
{
    const string One = "3g.71gb@0", Other = "3g.71gb@4";

    readonly Workplace place = new();

    [Fact]
    public async Task A_worker_that_starts_late_shortens_the_window_and_spoils_nothing()
    {
        var run = await BadRun.Pair(place, $"late: {{slice: {Other}, by: 80ms}}");
        Assert.Equal(("ISOLATED", "ISOLATED"), (run.Verdict(One), run.Verdict(Other)));
        Assert.InRange(run.Coupling(One).GetProperty("skew").GetDouble(), 0.079, 0.081);
    }

    [Fact]
    public async Task A_worker_that_starts_too_late_leaves_no_window()
    {
        var run = await BadRun.Pair(place, $"late: {{slice: {Other}, by: 900ms}}", "max_time: 400ms", more: "--in-process");
        Assert.Equal("INVALID", run.Verdict(One));
        Assert.Equal("invalid", run.Finding("no-overlap").Severity);
        Assert.Contains("6 of 6 repeats", run.Finding("repeated").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_dies_in_the_window_costs_its_repeat_and_with_it_the_verdict()
    {
        var run = await BadRun.Pair(place, $"die: {{slice: {Other}, repeat: 3, after: 20ms}}");
        Assert.Contains("signal 9", run.Finding("failed").Message, StringComparison.Ordinal);
        Assert.Equal(("UNDECIDED", 5), (run.Verdict(One), run.Coupling(One).GetProperty("repeats").GetInt32()));
        Assert.Contains("5 repeats; a verdict needs 6", run.Coupling(One).GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_stops_early_leaves_no_window()
    {
        var run = await BadRun.Pair(place, $"stop: {{slice: {Other}, after: 30ms}}", more: "--in-process");
        Assert.Equal(("INVALID", "INVALID"), (run.Verdict(One), run.Verdict(Other)));
        Assert.Equal("invalid", run.Finding("no-overlap").Severity);
    }

    [Fact]
    public async Task A_worker_that_sends_nothing_is_ended_and_said_so()
    {
        var file = place.Write("sweep.yaml", "name: bad\ndevice: sim:h200-141gb\nlayouts: [2x3g.71gb]\nmodes: [concurrent]\neffort: quick\nrepeats: 2\nprobes: [mem.read]\n");
        var ended = await Gpulab.Run("run", file, "--plant", place.Write("plant.yaml", $"hang: {{slice: {Other}}}"), "-o", place.At("run"), "--worker-timeout", "1");
        Assert.Equal(1, ended.Code);
        Assert.Contains($"the worker on {Other} hung: no sample", ended.Error, StringComparison.Ordinal);
        Assert.Contains("nothing was measured", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Times_from_the_future_are_not_believed()
    {
        var run = await BadRun.Pair(place, $"clock: {{slice: {Other}, offset: 10s}}", more: "--in-process");
        Assert.Equal(("invalid", "INVALID"), (run.Finding("from-the-future").Severity, run.Verdict(Other)));
        Assert.Contains(Other, run.Finding("from-the-future").Message, StringComparison.Ordinal);
        Assert.Equal("INVALID", run.Verdict(One));
    }

    [Fact]
    public async Task A_clock_that_lies_shows_figures_that_cannot_be()
    {
        var run = await BadRun.Pair(place, $"clock: {{slice: {Other}, lie: 40%}}", more: "--in-process");
        Assert.Equal("suspect", run.Finding("above-ceiling").Severity);
        Assert.All(run.Figures.Where(f => f.GetProperty("slice").GetString() == Other), f => Assert.Contains("above-ceiling", f.GetProperty("flags").EnumerateArray().Select(x => x.GetString())));
        // The other clock is right, and shows it: half of the time seems to be missing.
        Assert.DoesNotContain("above-ceiling", run.Figures.Where(f => f.GetProperty("slice").GetString() == One).SelectMany(f => f.GetProperty("flags").EnumerateArray()).Select(x => x.GetString()));
    }

    [Fact]
    public async Task A_slice_twice_as_slow_as_the_others_is_slow_and_not_coupled()
    {
        var run = await BadRun.Pair(place, $"bad_sm: {{slice: {Other}, to: 50%}}", probe: "compute.fp64", more: "--in-process");
        Assert.Equal(("ISOLATED", "ISOLATED"), (run.Verdict(One), run.Verdict(Other)));
        var alone = run.Figures.Where(f => f.GetProperty("phase").GetString() == "solo" && f.GetProperty("metric").GetString() == "compute.fp64/rate").ToDictionary(f => f.GetProperty("slice").GetString()!, f => f.GetProperty("median").GetDouble());
        Assert.Equal(0.5, alone[Other] / alone[One], 0.01);
        // Fairness is of what each keeps, so a slow slice is not an unfair layout.
        var shared = run.Root.GetProperty("layouts")[0].GetProperty("probes")[0];
        Assert.Equal(1, shared.GetProperty("jain").GetDouble(), 0.001);
        Assert.Equal(2, shared.GetProperty("total_progress").GetDouble(), 0.01);
    }

    [Fact]
    public async Task A_window_too_short_is_refused()
    {
        // Each sample takes 26 ms, and three of the longest are kept off at both ends of the window.
        var run = await BadRun.Pair(place, "noise: {within: 0}", "min_samples: 3\nmin_time: 55ms\nmax_time: 60ms", "{probe: mem.read, bytes: 60GiB}", "--in-process");
        Assert.Equal("invalid", run.Finding("no-overlap").Severity);
        Assert.Equal("INVALID", run.Verdict(One));
    }

    [Fact]
    public async Task A_budget_too_small_for_any_verdict_says_how_much_more_it_needs()
    {
        var sweep = place.Write("hasty.yaml", """
            name: hasty
            device: sim:h200-141gb
            layouts: [2x3g.71gb]
            modes: [concurrent]
            effort: quick
            repeats: 30
            budget: 2s
            probes: [mem.read]
            """);
        var folder = place.At("run");
        // At scale 1 a simulated run takes the time of a real one.
        var ended = await Gpulab.Run("run", sweep, "--json", "-o", folder, "--time-scale", "1", "--in-process");
        Assert.True(ended.Code == 0, ended.ToString());
        Assert.Contains("the budget of 2.000 s is used up", ended.Error, StringComparison.Ordinal);
        using var cut = JsonDocument.Parse(ended.Out);
        Assert.All(cut.RootElement.GetProperty("couplings").EnumerateArray(), c => Assert.Equal("UNDECIDED", c.GetProperty("verdict").GetString()));
        var missing = cut.RootElement.GetProperty("undecided");
        Assert.Equal(6, missing.GetProperty("repeats").GetInt32());
        Assert.InRange(missing.GetProperty("seconds").GetDouble(), 0.5, 10);
        Assert.Contains("another ", cut.RootElement.GetProperty("findings").EnumerateArray().First(f => f.GetProperty("gate").GetString() == "undecided").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("--resume", cut.RootElement.GetProperty("findings").EnumerateArray().First(f => f.GetProperty("gate").GetString() == "undecided").GetProperty("remedy").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slice_whose_processor_something_else_uses_is_marked_interleaved_wherever_it_is_shown()
    {
        var sweep = place.Write("turns.yaml", "name: turns\ndevice: host\nlayouts: [2x1c]\nmodes: [concurrent]\neffort: quick\nmin_time: 100ms\nmax_time: 200ms\nrepeats: 2\nprobes: [compute.fp64]\n");
        var folder = place.At("run");
        var processor = HostDevice.Open().Topology.Cores[1].Threads[0];
        using var burner = Process.Start("taskset", ["-c", string.Create(CultureInfo.InvariantCulture, $"{processor}"), "sh", "-c", "while :; do :; done"]);
        try
        {
            var table = await Gpulab.Run("run", sweep, "-o", folder);
            Assert.True(table.Code == 0, table.ToString());
            var rows = table.Out.Split('\n').Where(l => l.TrimStart().StartsWith("compute.fp64", StringComparison.Ordinal)).ToList();
            Assert.Contains(rows, l => l.Contains(" interleaved ", StringComparison.Ordinal));
            Assert.DoesNotContain(rows, l => l.Contains(" together ", StringComparison.Ordinal));
        }
        finally
        {
            burner.Kill();
        }
        var json = await Gpulab.Run("export", folder, "--format", "json");
        var csv = await Gpulab.Run("export", folder, "--format", "csv");
        Assert.All([json.Out, csv.Out], text => Assert.Contains("interleaved", text, StringComparison.Ordinal));
        Assert.All([json.Out, csv.Out], text => Assert.DoesNotContain("together", text, StringComparison.Ordinal));
        Assert.Contains(",interleaved", await File.ReadAllTextAsync(Path.Combine(folder, RunFiles.Samples)), StringComparison.Ordinal);
        Assert.Contains("<td>interleaved</td>", await File.ReadAllTextAsync(Path.Combine(folder, "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_runs_on_one_host_at_once_both_say_so()
    {
        var sweep = place.Sweep(repeats: 40, more: "max_time: 60ms");
        string[] folders = [place.At("one"), place.At("two")];
        using var first = Gpulab.Start("run", sweep, "--json", "-o", folders[0]);
        await Workplace.Until(first, folders[0], 1);
        using var second = Gpulab.Start("run", sweep, "--json", "-o", folders[1]);
        Ended[] ended = [await first.End(), await second.End()];
        foreach (var (end, other) in ended.Zip([second.Pid, first.Pid]))
        {
            Assert.True(end.Code == 0, end.ToString());
            using var summary = JsonDocument.Parse(end.Out);
            var finding = summary.RootElement.GetProperty("findings").EnumerateArray().First(f => f.GetProperty("gate").GetString() == "other-run");
            Assert.Equal("suspect", finding.GetProperty("severity").GetString());
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{other}"), finding.GetProperty("message").GetString(), StringComparison.Ordinal);
        }
    }

    public void Dispose() => place.Dispose();
}
