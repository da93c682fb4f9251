using System.Diagnostics;
using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Tests.Running;

public sealed class RunTests
{
    [Fact]
    public async Task Slices_work_alone_then_together_then_alone_and_the_overlap_is_kept()
    {
        using var fixture = new RunFixture().With("test.steady");
        var run = await fixture.Run();

        Assert.Equal("ok", RunFixture.Done(run, "c1r1").Status);
        Assert.Equal([Phase.Warmup, Phase.SoloBefore, Phase.Together, Phase.SoloAfter], run.Samples.Select(s => s.Phase).Distinct());
        var window = Assert.Single(run.Events.OfType<TrialWindow>());
        Assert.Equal(["a", "b"], window.Busy.Keys.Order());
        Assert.True(window.EndNs > window.StartNs);
        var alone = run.Samples.Where(s => s.Phase == Phase.SoloBefore).ToList();
        Assert.True(alone.Where(s => s.Slice == "a").Max(s => s.EndNs) <= alone.Where(s => s.Slice == "b").Min(s => s.StartNs));
        Assert.Equal(1, fixture.Device.Restored);
    }

    [Fact]
    public async Task Slices_that_take_turns_on_one_processor_are_interleaved_and_never_together()
    {
        using var fixture = new RunFixture { Device = new(0) }.With("test.spins");
        var run = await fixture.Run(repeats: 6);

        // Their samples overlap as those of slices that work at the same time do.
        var windows = run.Events.OfType<TrialWindow>().ToList();
        Assert.All(windows, w => Assert.All(w.Busy.Values, b => Assert.InRange(b, 0.95, 1.001)));
        Assert.All(windows, w => Assert.InRange(w.Waiting!.Values.Sum(), 0.8, 1.9));
        Assert.All(run.Events.OfType<TrialDone>(), d => Assert.Contains("interleaved", d.Flags));
        Assert.All(run.Samples, s => Assert.Equal(s.Phase == Phase.Together ? "interleaved" : "", s.Flags));
        var analysis = Analyzer.Analyze(run, [FakeProbes.Info("test.spins")]);
        Assert.Equal([Phase.Solo, Phase.Interleaved], analysis.Figures.Select(f => f.Phase).Distinct());
        Assert.All(analysis.Figures.Where(f => f.Phase == Phase.Interleaved), f => Assert.Contains("interleaved", f.Flags));
        Assert.Equal(2, analysis.Couplings.Count);
        Assert.All(analysis.Couplings, c => Assert.Equal(VerdictKind.Invalid, c.Verdict.Kind));
        Assert.Empty(analysis.Interference.Layouts);
    }

    [Theory]
    [InlineData("test.dies", "signal 9")]
    [InlineData("test.dies", "about to die")]
    [InlineData("test.prepare-dies", "signal 9")]
    [InlineData("test.prepare-fails", "no memory today")]
    [InlineData("test.throws", "broken kernel")]
    [InlineData("test.wrong-metric", "metric 7")]
    public async Task A_worker_that_breaks_costs_its_trial_and_the_run_goes_on(string probe, string reason)
    {
        using var fixture = new RunFixture().With(probe).With("test.steady", "a");
        var run = await fixture.Run();

        var broken = RunFixture.Done(run, "c1r1");
        Assert.Equal("failed", broken.Status);
        Assert.Contains(reason, broken.Reason, StringComparison.Ordinal);
        Assert.Equal("ok", RunFixture.Done(run, "c2r1").Status);
        Assert.DoesNotContain(run.Samples, s => s.Trial == "c1r1");
    }

    [Theory]
    [InlineData("test.hangs", "hung|said nothing")]
    [InlineData("test.prepare-hangs", "said nothing")]
    public async Task A_worker_that_hangs_is_ended_after_the_timeout(string probe, string reason)
    {
        // Silence shorter than a repeat may last, and longer than a busy machine keeps a worker waiting.
        using var fixture = new RunFixture { Timeouts = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2)), Stopping = RunFixture.Short with { MinSamples = 20, MaxTime = 30 } }.With(probe, "a").With("test.steady", "a");
        var run = await fixture.Run();

        Assert.Matches(reason, RunFixture.Done(run, "c1r1").Reason);
        Assert.Equal("ok", RunFixture.Done(run, "c2r1").Status);
    }

    [Fact]
    public async Task What_a_worker_started_in_a_session_of_its_own_ends_with_it()
    {
        using var fixture = new RunFixture().With("test.spawns", "a");
        var run = await fixture.Run();

        Assert.Equal("failed", RunFixture.Done(run, "c1r1").Status);
        Assert.DoesNotContain(Process.GetProcessesByName("sleep"), p => File.ReadAllText($"/proc/{p.Id}/cmdline").Contains("987654", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cell_that_one_slice_skips_is_skipped_and_the_workers_stay_in_step()
    {
        using var fixture = new RunFixture().With("test.skip-first").With("test.steady").With("test.unknown", "b");
        var run = await fixture.Run();

        Assert.Equal(("skipped", "not on slice a"), (RunFixture.Done(run, "c1r1").Status, RunFixture.Done(run, "c1r1").Reason));
        Assert.Equal("ok", RunFixture.Done(run, "c2r1").Status);
        Assert.Contains("cannot run", RunFixture.Done(run, "c3r1").Reason, StringComparison.Ordinal);
        Assert.Equal(2, run.Events.OfType<WorkerEvent>().Count(e => e.What == "started"));
    }

    [Theory]
    [InlineData("test.nan")]
    [InlineData("test.backwards")]
    public async Task Values_that_mean_nothing_end_in_time_and_are_kept_as_they_are(string probe)
    {
        using var fixture = new RunFixture().With(probe, "a");
        var run = await fixture.Run();

        Assert.Equal("ok", RunFixture.Done(run, "c1r1").Status);
        Assert.Contains(run.Samples, s => probe == "test.nan" ? double.IsNaN(s.Value) : s.EndNs < s.StartNs);
    }

    [Fact]
    public async Task Samples_that_did_not_fit_are_counted()
    {
        using var fixture = new RunFixture().With("test.floods", "a");
        Assert.Contains("dropped", RunFixture.Done(await fixture.Run(), "c1r1").Flags);
    }

    [Fact]
    public async Task Wrong_data_is_flagged_with_what_was_wrong()
    {
        using var fixture = new RunFixture().With("test.wrong-data", "a");
        var run = await fixture.Run();
        Assert.Contains("wrong-data", RunFixture.Done(run, "c1r1").Flags);
        Assert.Contains(run.Events.OfType<WorkerEvent>(), e => e.Detail.Contains("3 of 9", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Chatter_on_standard_output_lands_in_the_log_and_not_in_the_protocol()
    {
        using var fixture = new RunFixture().With("test.chats", "a");
        Assert.Equal("ok", RunFixture.Done(await fixture.Run(), "c1r1").Status);
        Assert.Contains("chatter of a library", File.ReadAllText(Path.Combine(fixture.Folder, "workers", "a.log")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo this is not a message; sleep 60", "not a message")]
    [InlineData("echo '{\"type\":\"hello\",\"slice\":\"a\",\"version\":99,\"pid\":1,\"identity\":{}}'; sleep 60", "protocol 99")]
    [InlineData("echo no such library >&2; exit 7", "exit code 7; its last words: no such library")]
    public async Task A_worker_that_never_starts_ends_the_run_with_its_reason(string script, string reason)
    {
        using var fixture = new RunFixture { Command = ["/bin/sh", "-c", script] }.With("test.steady", "a");
        var wrong = await Assert.ThrowsAsync<GpuLab.Control.PartitionException>(() => fixture.Run());
        Assert.Contains(reason, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupted_anywhere_it_resumes_without_repeating_or_losing_a_trial()
    {
        using var fixture = new RunFixture().With("test.steady", "a").With("test.steady", "b").With("test.steady", "a");
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.Run(repeats: 2, cancel: stop.Token, onTrial: t =>
        {
            if (t.Id == "c3r1") stop.CancelAfter(10);
        }));
        var run = await fixture.Run(repeats: 2, resume: true);

        Assert.Equal(["c1r1", "c2r1", "c3r1", "c1r2", "c2r2", "c3r2"], run.Events.OfType<TrialDone>().Select(d => d.Trial));
        Assert.All(run.Events.OfType<TrialDone>(), d => Assert.Equal("ok", d.Status));
        Assert.Equal(6, run.Samples.Select(s => s.Trial).Distinct().Count());
    }

    [Fact]
    public async Task The_budget_ends_a_run_between_trials()
    {
        using var fixture = new RunFixture { Budget = 0.6 }.With("test.steady", "a").With("test.steady", "b");
        var run = await fixture.Run(repeats: 60);
        Assert.InRange(run.Events.OfType<TrialDone>().Count(), 1, 119);
    }
}
