using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Tests.Statistics;

/// <summary>Where a slowdown comes from, told from what a run holds and not told where it holds too little.</summary>
public class AttributionTests
{
    [Fact]
    public void A_clock_that_falls_as_far_as_the_rate_explains_all_of_it()
    {
        var cause = Assert.Single(Causes(Run(90, 90, (run, trial) =>
        {
            foreach (var slice in (string[])["1c@0", "1c@1"]) run.Clocks(trial, Phase.SoloBefore, slice, 2e9).Clocks(trial, Phase.SoloAfter, slice, 2e9);
            run.Clocks(trial, Phase.Together, "", 1.8e9);
        }), "1c@0"));
        Assert.Equal((Cause.Clock, 1.0), (cause.Cause, Math.Round(cause.Part, 1)));
        Assert.Contains("The clock fell to 90.0 %", cause.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_processors_the_victims_own_clock_counts()
    {
        // The aggressor's processor slows down, which is no reason for the victim to do so.
        Assert.Empty(Causes(Run(80, 99, (run, trial) => run.Clocks(trial, Phase.SoloBefore, "1c@0", 2e9, "cpu0").Clocks(trial, Phase.Together, "", 1.5e9, "cpu1").Clocks(trial, Phase.Together, "", 2e9, "cpu0")), "1c@0"));
        Assert.Equal(Cause.Clock, Causes(Run(80, 99, (run, trial) => run.Clocks(trial, Phase.SoloBefore, "1c@0", 2e9, "cpu0").Clocks(trial, Phase.Together, "", 1.6e9, "cpu0")), "1c@0")[0].Cause);
    }

    [Fact]
    public void Rates_that_add_up_to_what_one_reaches_alone_share_it()
    {
        var causes = Causes(Run(50, 50), "1c@1");
        Assert.Equal(Cause.Share, Assert.Single(causes).Cause);
        Assert.Contains("they share a rate that is used up", causes[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_that_leaves_much_of_the_rate_unused_is_not_explained() => Assert.Empty(Causes(Run(80, 80), "1c@0"));

    [Fact]
    public void What_is_not_coupled_needs_no_cause() => Assert.Empty(Causes(Run(100, 100), "1c@0"));

    [Fact]
    public void A_latency_that_grows_is_waiting()
    {
        var run = new SyntheticRun().Cell(probe: "lat.test", repeats: 6);
        for (var r = 0; r < 6; r++) Trial(run, r, slice => (100e-9, 150e-9), "latency");
        var cause = Assert.Single(Causes(run, "1c@0"));
        Assert.Equal(Cause.Queueing, cause.Cause);
        Assert.Contains(" ns longer: it waits behind others", cause.Reason, StringComparison.Ordinal);
    }

    static SyntheticRun Run(double first, double second, Action<SyntheticRun, string>? more = null)
    {
        var run = new SyntheticRun().Cell(repeats: 6);
        for (var r = 0; r < 6; r++) Trial(run, r, slice => (100, slice == "1c@0" ? first : second), "bandwidth", more);
        return run;
    }

    static void Trial(SyntheticRun run, int r, Func<string, (double Alone, double Together)> values, string metric, Action<SyntheticRun, string>? more = null)
    {
        var trial = $"c0r{r}";
        foreach (var slice in (string[])["1c@0", "1c@1"])
        {
            var (alone, together) = values(slice);
            var seed = (ulong)(r * 100 + slice[^1]);
            run.Ready(trial, slice).Samples(trial, slice, Phase.SoloBefore, Draws.Normal(seed, 40, alone, 0.002 * alone), metric: metric)
                .Samples(trial, slice, Phase.Together, Draws.Normal(seed + 7, 100, together, 0.002 * together), 1000, metric)
                .Samples(trial, slice, Phase.SoloAfter, Draws.Normal(seed + 9, 40, alone, 0.002 * alone), 2000, metric);
        }
        more?.Invoke(run, trial);
        run.Window(trial, 1000, 1100, ("1c@0", 1), ("1c@1", 1)).Done(trial);
    }

    static IReadOnlyList<Attribution> Causes(SyntheticRun run, string slice)
    {
        var analysis = Analyzer.Analyze(run.Build(), [SyntheticRun.Probe, SyntheticRun.Chase]);
        return analysis.Interference.Attributions.GetValueOrDefault(analysis.Couplings.Single(c => c.Together.Slice == slice)) ?? [];
    }
}
