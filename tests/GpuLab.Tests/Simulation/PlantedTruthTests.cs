using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Tests.Simulation;

/// <summary>What is planted must be found, with its size; what is not planted must not be.</summary>
public sealed class PlantedTruthTests
{
    const string Pair = "layouts: 4g.71gb+3g.71gb\nmodes: concurrent\neffort: quick\nrepeats: 6\nprobes: [mem.triad]\n";

    [Fact]
    public async Task A_planted_coupling_comes_out_with_its_size_and_only_where_it_was_planted()
    {
        using var run = await SimulatedRun.Of(Pair, plant: "coupling: {resource: memory, victim: 3g.71gb, size: 10%}");
        var couplings = Couplings.Of(run.Analysis.Figures);
        var victim = couplings.Single(c => c.Together.Slice.StartsWith("3g", StringComparison.Ordinal));
        var other = couplings.Single(c => c.Together.Slice.StartsWith("4g", StringComparison.Ordinal));
        Assert.InRange(victim.Together.Median / victim.Alone.Median, 0.898, 0.902);
        Assert.Equal(VerdictKind.Coupled, victim.Verdict.Kind);
        Assert.Equal(VerdictKind.Isolated, other.Verdict.Kind);
    }

    [Fact]
    public async Task Without_a_plant_memory_is_isolated_and_the_link_is_shared()
    {
        using var run = await SimulatedRun.Of("layouts: 7x1g.18gb\nmodes: concurrent\neffort: quick\nrepeats: 6\nprobes: [mem.read, link.h2d]");
        var couplings = Couplings.Of(run.Analysis.Figures);
        Assert.All(couplings.Where(c => c.Together.Probe.Id == "mem.read"), c => Assert.Equal(VerdictKind.Isolated, c.Verdict.Kind));
        Assert.All(couplings.Where(c => c.Together.Probe.Id == "link.h2d"), c => Assert.InRange(c.Together.Median * 7 / c.Alone.Median, 0.98, 1.02));
    }

    [Fact]
    public async Task An_unfair_link_is_shared_by_weight()
    {
        using var run = await SimulatedRun.Of("layouts: 2x3g.71gb\nmodes: concurrent\neffort: quick\nrepeats: 1\nprobes: [link.d2h]", plant: "unfair_link: {slice: 3g.71gb@0, weight: 3}");
        var together = run.Analysis.Figures.Where(f => f.Phase == Phase.Together).ToDictionary(f => f.Slice, f => f.Median);
        Assert.InRange(together["3g.71gb@0"] / together["3g.71gb@4"], 2.97, 3.03);
    }

    [Fact]
    public async Task Drift_between_repeats_shows_in_their_medians()
    {
        using var run = await SimulatedRun.Of("layouts: whole\neffort: quick\nrepeats: 4\nprobes: [mem.read]", plant: "drift: {per_repeat: -5%}\nnoise: {within: 0, between: 0}");
        var medians = run.Analysis.Figures.Single().RepeatMedians;
        for (var i = 1; i < 4; i++) Assert.InRange(medians[i] / medians[0], 1 - 0.05 * i - 0.002, 1 - 0.05 * i + 0.002);
    }

    [Fact]
    public async Task Noise_has_the_deviation_that_was_planted()
    {
        using var run = await SimulatedRun.Of("layouts: whole\nrepeats: 1\nmin_samples: 2000\nprobes: [mem.read]", plant: "noise: {within: 3%, between: 0}");
        var values = run.Data.Samples.Where(s => s.Phase == Phase.Solo).Select(s => Math.Log(s.Value)).ToArray();
        var mean = values.Average();
        Assert.InRange(Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1)), 0.028, 0.032);
    }

    [Fact]
    public async Task Outliers_and_two_states_come_as_often_as_planted()
    {
        using var run = await SimulatedRun.Of("layouts: whole\nrepeats: 1\nmin_samples: 4000\nmax_time: 60s\nprobes: [mem.read]", plant: "noise: {within: 0, between: 0}\noutliers: {share: 2%, size: 100%}\nbimodal: {share: 30%, size: 10%, run: 4}");
        var rows = run.Data.Samples.Where(s => s.Phase == Phase.Solo).ToArray();
        var best = rows.Max(r => r.Value);
        Assert.InRange(rows.Count(r => r.Value < 0.7 * best) / (double)rows.Length, 0.013, 0.028);
        Assert.InRange(rows.Count(r => r.Value < 0.95 * best) / (double)rows.Length, 0.26, 0.37);
    }

    [Fact]
    public async Task A_throttled_clock_is_slower_and_says_so()
    {
        using var run = await SimulatedRun.Of("layouts: whole\neffort: quick\nrepeats: 1\nprobes: [compute.bf16]", plant: "throttle: {after: 50ms, to: 50%}");
        foreach (var metric in (string[])["rate", "clock"])
        {
            var solo = run.Data.Samples.Where(s => s.Phase == Phase.Solo && s.Metric == metric).ToArray();
            Assert.InRange(solo[^1].Value / solo[0].Value, 0.49, 0.51);
            Assert.Equal("simulated slow-clock", solo[^1].Flags);
        }
    }

    [Fact]
    public async Task A_late_worker_starts_late_and_a_wrong_clock_is_ahead()
    {
        const string sweep = "layouts: 2x3g.71gb\nmodes: concurrent\neffort: quick\nrepeats: 1\nprobes: [mem.read]";
        using var late = await SimulatedRun.Of(sweep, plant: "late: {slice: 3g.71gb@4, by: 80ms}");
        using var ahead = await SimulatedRun.Of(sweep, plant: "clock: {slice: 3g.71gb@4, offset: 80ms}");
        foreach (var run in (SimulatedRun[])[late, ahead])
        {
            var first = run.Data.Samples.Where(s => s.Phase == Phase.Together).GroupBy(s => s.Slice).ToDictionary(g => g.Key, g => g.Min(s => s.StartNs));
            Assert.InRange(first["3g.71gb@4"] - first["3g.71gb@0"], 79_000_000, 81_000_000);
        }
    }

    [Fact]
    public async Task A_clock_that_lies_shows_impossible_figures()
    {
        using var run = await SimulatedRun.Of("layouts: whole\neffort: quick\nrepeats: 1\nprobes: [mem.read]", plant: "clock: {lie: 40%}");
        Assert.True(run.Analysis.Figures.Single().Ceiling!.Value.Share > 1.4);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_worker_that_dies_costs_its_trial_alone(bool processes)
    {
        using var run = await SimulatedRun.Of("layouts: 2x3g.71gb\nmodes: concurrent\neffort: quick\nrepeats: 3\nprobes: [mem.read]", plant: "die: {slice: 3g.71gb@4, repeat: 2, after: 10ms}", processes: processes);
        Assert.Equal("failed", run.Done("c1r2").Status);
        Assert.Contains(processes ? "signal 9" : "died", run.Done("c1r2").Reason, StringComparison.Ordinal);
        Assert.Equal("ok", run.Done("c1r1").Status);
        Assert.Equal("ok", run.Done("c1r3").Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_worker_that_hangs_is_noticed_and_replaced(bool processes)
    {
        using var run = await SimulatedRun.Of("layouts: 2x3g.71gb\nmodes: concurrent\neffort: quick\nrepeats: 2\nprobes: [mem.read]", plant: "hang: {slice: 3g.71gb@0, repeat: 1, after: 10ms}", processes: processes, timeouts: new(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(2)));
        Assert.Equal("failed", run.Done("c1r1").Status);
        Assert.Contains("hung", run.Done("c1r1").Reason, StringComparison.Ordinal);
        Assert.Equal("ok", run.Done("c1r2").Status);
    }

    [Fact]
    public async Task A_slow_link_and_a_bad_sm_slow_down_what_uses_them()
    {
        const string sweep = "layouts: whole\neffort: quick\nrepeats: 1\nprobes: [link.h2d, compute.fp64, compute.bf16, mem.read]";
        using var good = await SimulatedRun.Of(sweep);
        using var bad = await SimulatedRun.Of(sweep, plant: "slow_link: {to: 50%}\nbad_sm: {to: 50%}");
        var before = good.Analysis.Figures.Where(f => f.Metric == f.Probe.Main).ToDictionary(f => f.Probe.Id, f => f.Median);
        var after = bad.Analysis.Figures.Where(f => f.Metric == f.Probe.Main).ToDictionary(f => f.Probe.Id, f => f.Median);
        Assert.InRange(after["link.h2d"] / before["link.h2d"], 0.49, 0.51);
        Assert.InRange(after["compute.fp64"] / before["compute.fp64"], 0.49, 0.51);
        Assert.InRange(after["compute.bf16"] / before["compute.bf16"], 0.99, 0.999);
        Assert.InRange(after["mem.read"] / before["mem.read"], 0.999, 1.001);
    }

    [Theory]
    [InlineData("mem.read", "", 1.0, 0)]
    [InlineData("compute.bf16", "", 1 / 1.125, 4)]
    [InlineData("compute.fp64", "throttle: {to: 50%}", 0.5, 0x20)]
    [InlineData("compute.bf16", "throttle: {to: 50%, after: 50ms}", 0.5, 0x24)]
    public async Task Clocks_and_power_are_read_as_the_work_and_the_plant_make_them(string probe, string plant, double clock, int reasons)
    {
        using var run = await SimulatedRun.Of($"layouts: whole\neffort: quick\nrepeats: 1\nprobes: [{probe}]", plant: plant.Length == 0 ? null : plant);
        double Read(string field) => run.Data.Telemetry.Single(t => t.Trial == "c1r1" && t.Field == field).Value;
        Assert.Equal(1980e6 * clock, Read("clock_hz"), 1.0);
        Assert.Equal(reasons, Read("clocks_event_reasons"));
        Assert.InRange(Read("power_w"), 71, 700);
        Assert.Equal(probe == "compute.bf16", Read("power_w") >= 699.9);
    }

    [Fact]
    public async Task A_trace_of_blocks_shows_the_one_bad_sm_and_what_waits_for_it()
    {
        const string sweep = "layouts: 2x3g.71gb\neffort: quick\nrepeats: 1\nprobes: [trace.blocks]";
        using var run = await SimulatedRun.Of(sweep, plant: "bad_sm: {slice: 3g.71gb@4, to: 50%}");
        double Median(string slice, string metric) => run.Analysis.Figures.Single(f => f.Slice == slice && f.Metric.Name == metric).Median;
        Assert.InRange(Median("3g.71gb@0", "slowest"), 0.99, 1.02);
        Assert.InRange(Median("3g.71gb@4", "slowest"), 1.97, 2.03);
        Assert.Equal(60, Median("3g.71gb@4", "sms"));
        // Eight waves of which the slow one takes half as many: it works to the end, the others wait for part of it.
        Assert.InRange(Median("3g.71gb@4", "imbalance"), 1.0, 1.3);
        Assert.True(Median("3g.71gb@4", "tail") > 5 * Median("3g.71gb@0", "tail"));
    }

    [Fact]
    public async Task Slow_samples_are_counted_and_do_not_run_out_of_time()
    {
        using var run = await SimulatedRun.Of("layouts: 2x3g.71gb\nmodes: [solo, concurrent]\neffort: quick\nrepeats: 1\nprobes: [ctx.start]");
        Assert.All(run.Data.Events.OfType<TrialDone>(), d => Assert.Empty(d.Flags));
        Assert.All(run.Data.Samples.Where(s => s.Phase == Phase.Solo).GroupBy(s => s.Trial), g => Assert.InRange(g.Count(), 10, 12));
    }
}
