using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Tests.Statistics;

/// <summary>Each gate on a run that should trip it; what stays silent on a quiet run is in the first test.</summary>
public class GateTests
{
    [Fact]
    public void A_quiet_run_trips_only_the_notes_on_few_repeats()
    {
        Assert.Equal(["few-repeats", "undecided"], Gates(SyntheticRun.Together()).Distinct());
        Assert.Empty(Gates(SyntheticRun.Alone([.. Enumerable.Range(0, 6).Select(i => Draws.Normal((ulong)i, 300, 100, 0.5))])));
    }

    [Theory]
    [InlineData("NOISY", "noisy", Severity.Suspect)]
    [InlineData("TIMEOUT", "timeout", Severity.Suspect)]
    [InlineData("dropped", "dropped", Severity.Suspect)]
    [InlineData("wrong-data", "wrong-data", Severity.Invalid)]
    [InlineData("no-overlap", "no-overlap", Severity.Invalid)]
    [InlineData("from-the-future:1c@0", "from-the-future", Severity.Invalid)]
    [InlineData("repeated", "repeated", Severity.Suspect)]
    [InlineData("other-run::12", "other-run", Severity.Suspect)]
    [InlineData("never-seen-before", "never-seen-before", Severity.Suspect)]
    public void Flags_of_trials_become_findings_of_their_cell(string flag, string gate, Severity severity)
    {
        var run = SyntheticRun.Together().Cell(1, repeats: 2).Done("c1r0", "ok", "", flag).Done("c1r1");
        var finding = Assert.Single(Analyze(run).Findings, f => f.Gate == gate);
        Assert.Equal((severity, "mem.test bytes=64KiB on 2x1c, concurrent"), (finding.Severity, finding.Subject));
        Assert.NotEmpty(finding.Remedy);
        if (gate != flag || flag == "dropped") Assert.Contains("1 of 2 repeats", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flag_of_one_slice_marks_only_that_slice()
    {
        var run = SyntheticRun.Together((_, _) => { }).Build();
        run = run with { Events = [.. run.Events.Select(e => e is TrialDone d ? d with { Flags = ["NOISY:1c@1"] } : e)] };
        Assert.All(Analyzer.Analyze(run, [SyntheticRun.Probe]).Figures, f => Assert.Equal(f.Slice == "1c@1" ? ["noisy"] : [], f.Flags));
    }

    [Fact]
    public void Failed_repeats_are_suspect_and_a_cell_of_nothing_else_is_invalid()
    {
        var some = SyntheticRun.Alone(Draws.Normal(1, 50), Draws.Normal(2, 50)).Cell(1, "solo", slice: "1c@0", repeats: 2)
            .Samples("c1r0", "1c@0", Phase.Solo, Draws.Normal(3, 50)).Done("c1r0").Done("c1r1", "failed", "the worker died");
        Assert.Contains(Analyze(some).Findings, f => f is { Gate: "failed", Severity: Severity.Suspect } && f.Message.Contains("1 of 2 repeats failed: the worker died", StringComparison.Ordinal));

        var all = new SyntheticRun().Cell(repeats: 1).Done("c0r0", "failed", "the worker died");
        Assert.Contains(Analyze(all).Findings, f => f is { Gate: "failed", Severity: Severity.Invalid });
    }

    [Theory]
    [InlineData("ecc_uncorrected", 1, 2, "ecc-uncorrected", Severity.Invalid)]
    [InlineData("ecc_uncorrected", 2, 2, null, Severity.Note)]
    [InlineData("ecc_corrected", 1, 3, "ecc-corrected", Severity.Note)]
    [InlineData("ecc_corrected", 3, 3, null, Severity.Note)]
    [InlineData("rows_remap_pending", 0, 1, "rows-pending", Severity.Invalid)]
    [InlineData("temperature_c", 41, 52, "temperature", Severity.Note)]
    [InlineData("temperature_c", 41, 51, null, Severity.Note)]
    [InlineData("clocks_event_reasons", 0, 0x40, "slowdown", Severity.Suspect)]
    [InlineData("clocks_event_reasons", 4, 0, "limited", Severity.Note)]
    [InlineData("clocks_event_reasons", 1, 1, null, Severity.Note)]
    public void The_state_of_a_gpu_while_it_is_measured_becomes_findings(string field, double before, double after, string? gate, Severity severity)
    {
        var run = SyntheticRun.Alone(Draws.Normal(1, 50)).Build();
        run = run with { Telemetry = [new("c0r0", 1, "device", field, before), new("c0r0", 2, "device", field, after)] };
        var found = Analyzer.Analyze(run, [SyntheticRun.Probe]).Findings.Where(f => f.Gate is "ecc-uncorrected" or "ecc-corrected" or "rows-pending" or "temperature" or "slowdown" or "limited").ToList();
        Assert.Equal(gate is null ? [] : [(gate, severity)], found.Select(f => (f.Gate, f.Severity)));
    }

    [Theory]
    [InlineData("mem.test", 2.6e9, true)]
    [InlineData("mem.test", 3.19e9, false)]
    [InlineData("link.h2d", 2.6e9, false)]
    public void Bandwidth_of_memory_below_its_clock_is_invalid(string probe, double clock, bool invalid)
    {
        // Slower between trials, as idle memory is.
        var run = new SyntheticRun().Cell(repeats: 1, probe: probe).Done("c0r0").Reading("c0r0", 0, "device", "memory_clock_hz", 0.4e9).Reading("c0r0", 1, "device", "memory_clock_hz", clock)
            .Reading("c0r0", 0, "device", "memory_clock_most_hz", 3.2e9).Reading("c0r0", 1, "device", "memory_clock_most_hz", 3.2e9);
        Assert.Equal(invalid ? [Severity.Invalid] : [], Analyze(run).Findings.Where(f => f.Gate == "memory-clock").Select(f => f.Severity));
    }

    [Theory]
    [InlineData("link.h2d", 5, 16, 0, null)]
    [InlineData("link.h2d", 4, 16, 0, "link-generation")]
    [InlineData("link.h2d", 5, 8, 0, "link-width")]
    [InlineData("link.h2d", 5, 16, 3, "link-replays")]
    [InlineData("mem.test", 1, 16, 0, null)]
    public void A_link_that_was_slow_while_copying_is_told_from_one_that_was_idle(string probe, double generation, double lanes, double replays, string? gate)
    {
        var run = new SyntheticRun().Cell(repeats: 1, probe: probe).Ready("c0r0", "1c@0").Done("c0r0")
            // Idle before it was ready, and at times between copies.
            .Reading("c0r0", -1, "device", "link_generation", 1).Reading("c0r0", 1, "device", "link_generation", generation).Reading("c0r0", 2, "device", "link_generation", 1)
            .Reading("c0r0", 1, "device", "link_generation_most", 5).Reading("c0r0", 1, "device", "link_lanes", lanes).Reading("c0r0", 1, "device", "link_lanes_most", 16)
            .Reading("c0r0", 1, "device", "link_replays", 7).Reading("c0r0", 2, "device", "link_replays", 7 + replays);
        Assert.Equal(gate is null ? [] : [gate], Analyze(run).Findings.Select(f => f.Gate).Where(g => g.StartsWith("link-", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_was_skipped_is_noted_with_its_reason()
    {
        var run = new SyntheticRun().Cell(repeats: 1).Done("c0r0", "skipped", "no room");
        run.Skips.Add(new("link.h2d", "the host has no link", 4));
        var notes = Analyze(run).Findings.Where(f => f.Gate == "skipped").ToList();
        Assert.Equal(2, notes.Count);
        Assert.All(notes, n => Assert.Equal(Severity.Note, n.Severity));
        Assert.Contains(notes, n => n.Message.EndsWith("the host has no link", StringComparison.Ordinal) && n.Subject == "link.h2d");
        Assert.Contains(notes, n => n.Message.EndsWith("no room", StringComparison.Ordinal));
    }

    [Fact]
    public void Trials_that_did_not_run_are_counted() =>
        Assert.Contains(Analyze(SyntheticRun.Alone(Draws.Normal(1, 50)).Cell(1, repeats: 4)).Findings, f => f.Gate == "unfinished" && f.Message.StartsWith("4 of 5", StringComparison.Ordinal));

    [Fact]
    public void Slices_that_idled_or_have_no_window_did_not_work_together()
    {
        Assert.DoesNotContain("no-overlap", Gates(SyntheticRun.Together(busy: 0.95)));
        Assert.Contains(Analyze(SyntheticRun.Together(busy: 0.94)).Findings, f => f is { Gate: "no-overlap", Severity: Severity.Invalid } && f.Message.StartsWith("1c@1", StringComparison.Ordinal));

        var run = SyntheticRun.Together().Build();
        run = run with { Events = [.. run.Events.Where(e => e is not TrialWindow)] };
        Assert.Contains(Analyzer.Analyze(run, [SyntheticRun.Probe]).Findings, f => f is { Gate: "no-overlap", Severity: Severity.Invalid });
    }

    [Fact]
    public void Values_that_are_no_numbers_make_a_figure_invalid()
    {
        var analysis = Analyze(SyntheticRun.Alone([.. Draws.Normal(1, 50), double.NaN, double.PositiveInfinity]));
        Assert.Contains(analysis.Findings, f => f is { Gate: "not-finite", Severity: Severity.Invalid } && f.Message.StartsWith("2 of 52", StringComparison.Ordinal));
        Assert.Equal(50, analysis.Figures[0].Samples);
        Assert.Contains("not-finite", Gates(SyntheticRun.Alone([double.NaN])));
    }

    [Fact]
    public void Times_that_run_backwards_make_a_figure_invalid()
    {
        var reversed = SyntheticRun.Alone(Draws.Normal(1, 50)).Row(new("c0r0", 0, "1c@0", Phase.Solo, 50, "bandwidth", 90_000_000, 89_000_000, 1, 100, ""));
        Assert.Contains(Analyze(reversed).Findings, f => f is { Gate: "backwards", Severity: Severity.Invalid });

        var earlier = SyntheticRun.Alone(Draws.Normal(1, 50)).Row(new("c0r0", 0, "1c@0", Phase.Solo, 50, "bandwidth", 3_000_000, 4_000_000, 1, 100, ""));
        Assert.Contains("backwards", Gates(earlier));
    }

    [Fact]
    public void Samples_that_the_worker_marked_count_above_one_in_twenty()
    {
        Assert.DoesNotContain("marked", Gates(SyntheticRun.Alone(Draws.Normal(1, 95)).Samples("c0r0", "1c@0", Phase.Solo, Draws.Normal(2, 5), 200, flags: "slow-clock")));
        Assert.Contains("marked", Gates(SyntheticRun.Alone(Draws.Normal(1, 94)).Samples("c0r0", "1c@0", Phase.Solo, Draws.Normal(2, 6), 200, flags: "slow-clock wrong-state")));
    }

    [Fact]
    public void Drift_within_repeats_is_told_from_noise()
    {
        Assert.Contains("drift", Gates(SyntheticRun.Alone([.. Enumerable.Range(0, 3).Select(r => Draws.Normal((ulong)r, 300, 100, 0.5).Select((v, i) => v + i * 0.01).ToArray())])));
        Assert.DoesNotContain("drift", Gates(SyntheticRun.Alone([.. Enumerable.Range(0, 3).Select(r => Draws.Normal((ulong)r, 60, 100, 20))])));
    }

    [Fact]
    public void A_solo_figure_that_moved_meanwhile_is_suspect_and_invalid_beyond_five_percent()
    {
        Assert.Contains(Analyze(Moved(103)).Findings, f => f is { Gate: "solo-moved", Severity: Severity.Suspect });
        Assert.Contains(Analyze(Moved(110)).Findings, f => f is { Gate: "solo-moved", Severity: Severity.Invalid });
        Assert.DoesNotContain("solo-moved", Gates(Moved(100.1)));

        static SyntheticRun Moved(double after) => new SyntheticRun().Cell(repeats: 1).Samples("c0r0", "1c@0", Phase.SoloBefore, Draws.Normal(1, 40, 100, 0.5))
            .Samples("c0r0", "1c@0", Phase.SoloAfter, Draws.Normal(2, 40, after, 0.5), 100).Done("c0r0");
    }

    [Fact]
    public void Two_heaps_are_noted_and_one_is_not()
    {
        var two = Draws.Normal(1, 400, 100, 1).Select((v, i) => i % 3 == 0 ? v + 20 : v).ToArray();
        Assert.Contains("multimodal", Gates(SyntheticRun.Alone(two)));
        Assert.DoesNotContain("multimodal", Gates(SyntheticRun.Alone(Draws.Normal(2, 400, 100, 1))));
    }

    [Fact]
    public void Many_outliers_are_counted()
    {
        var values = Draws.Normal(1, 300, 100, 1);
        for (var i = 0; i < 12; i++) values[i * 20] = 130;
        var note = Assert.Single(Analyze(SyntheticRun.Alone(values)).Findings, f => f.Gate == "outliers");
        Assert.Contains("12 severe", note.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("outliers", Gates(SyntheticRun.Alone(Draws.Normal(2, 300))));
    }

    [Fact]
    public void Repeats_that_differ_more_than_their_samples_are_noted()
    {
        Assert.Contains("repeats-differ", Gates(SyntheticRun.Alone(Draws.Normal(1, 100, 100), Draws.Normal(2, 100, 104), Draws.Normal(3, 100, 96))));
        Assert.DoesNotContain("repeats-differ", Gates(SyntheticRun.Alone(Draws.Normal(1, 100, 100), Draws.Normal(2, 100, 100.2), Draws.Normal(3, 100, 99.8))));
    }

    [Fact]
    public void A_figure_above_its_ceiling_is_suspect()
    {
        Assert.Contains("above-ceiling", Gates(With(97)));
        Assert.DoesNotContain("above-ceiling", Gates(With(99)));

        static SyntheticRun With(double ceiling) => new SyntheticRun().Cell(mode: "solo", slice: "1c@0", repeats: 1)
            .Samples("c0r0", "1c@0", Phase.Solo, Draws.Fill(40, _ => 100)).Ready("c0r0", "1c@0", ceiling).Done("c0r0");
    }

    [Theory]
    [InlineData("4 KiB", true)]
    [InlineData("4 KiB, 45.0 % in 2 MiB", true)]
    [InlineData("2 MiB", false)]
    [InlineData("1 GiB", false)]
    [InlineData("", false)]
    public void Small_pages_are_noted_once_for_a_probe(string pages, bool noted)
    {
        var run = new SyntheticRun().Cell(0, repeats: 1).Cell(1, repeats: 1).Ready("c0r0", "1c@0", pages: pages).Ready("c0r0", "1c@1", pages: pages).Ready("c1r0", "1c@0", pages: pages).Done("c0r0").Done("c1r0");
        var notes = Analyze(run).Findings.Where(f => f.Gate == "thp-off").ToList();
        Assert.Equal(noted ? 1 : 0, notes.Count);
        Assert.All(notes, n => Assert.Contains("2 cells", n.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Stolen_time_above_one_percent_of_a_processor_is_suspect()
    {
        Assert.Contains(Analyze(Stolen(0.1)).Findings, f => f is { Gate: "steal", Severity: Severity.Suspect } && f.Message.Contains("cpu1", StringComparison.Ordinal));
        Assert.DoesNotContain("steal", Gates(Stolen(0.03)));

        static SyntheticRun Stolen(double seconds) => SyntheticRun.Alone(Draws.Normal(1, 50))
            .Reading("c0r0", 0, "cpu1", "steal_s", 7).Reading("c0r0", 4, "cpu1", "steal_s", 7 + seconds).Reading("c0r0", 0, "device", "steal_s", 0).Reading("c0r0", 4, "device", "steal_s", 9);
    }

    [Theory]
    [InlineData("powersave", true)]
    [InlineData("performance", false)]
    [InlineData("not shown", false)]
    public void A_governor_that_is_not_performance_is_noted(string governor, bool noted) =>
        Assert.Equal(noted, Gates(SyntheticRun.Alone(Draws.Normal(1, 50)).Fact("governor", governor)).Contains("governor"));

    [Fact]
    public void A_simulated_run_says_so()
    {
        var run = SyntheticRun.Alone(Draws.Normal(1, 50));
        run.Simulated = true;
        Assert.Contains("simulated", Gates(run));
    }

    static IEnumerable<string> Gates(SyntheticRun run) => Analyze(run).Findings.Select(f => f.Gate);

    static Analysis Analyze(SyntheticRun run) => Analyzer.Analyze(run.Build(), [SyntheticRun.Probe, SyntheticRun.Chase]);
}
