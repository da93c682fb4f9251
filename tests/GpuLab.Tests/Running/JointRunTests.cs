using GpuLab.Results;

namespace GpuLab.Tests.Running;

/// <summary>Slices that do one piece of work, as real worker processes.</summary>
public sealed class JointRunTests
{
    [Fact]
    public async Task Slices_start_and_stop_together_in_every_phase_and_repeat()
    {
        using var fixture = new RunFixture().WithJoint("test.joint");
        var run = await fixture.Run(repeats: 5);

        for (var repeat = 1; repeat <= 5; repeat++) Assert.Equal(("ok", 0), (RunFixture.Done(run, $"c1r{repeat}").Status, RunFixture.Done(run, $"c1r{repeat}").Flags.Count(f => f == "wrong-data")));
        Assert.Equal([Phase.Warmup, Phase.Together], run.Samples.Select(s => s.Phase).Distinct());
        foreach (var trial in run.Samples.GroupBy(s => (s.Trial, s.Phase))) Assert.Single(trial.CountBy(s => s.Slice).Select(c => c.Value).Distinct());
        Assert.All(run.Events.OfType<TrialReady>(), r => Assert.Equal("a b", r.Facts["team"]));
        Assert.Equal(5, run.Events.OfType<TrialWindow>().Count());
    }

    [Theory]
    [InlineData("test.joint-dies", "signal 9")]
    [InlineData("test.joint-throws", "broken kernel")]
    [InlineData("test.joint-hangs", "on b hung|said nothing")]
    public async Task A_partner_that_is_gone_ends_the_trial_with_its_own_reason(string probe, string reason)
    {
        // Who waits must not be taken for who hangs; where the hang falls on the end of a phase, nobody is named.
        using var fixture = new RunFixture { Timeouts = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2)), Stopping = RunFixture.Short with { MinSamples = 20, MaxTime = 30 } }
            .WithJoint(probe).WithJoint("test.joint");
        var run = await fixture.Run();

        var broken = RunFixture.Done(run, "c1r1");
        Assert.Equal("failed", broken.Status);
        Assert.Matches(reason, broken.Reason);
        Assert.Equal("ok", RunFixture.Done(run, "c2r1").Status);
    }
}
