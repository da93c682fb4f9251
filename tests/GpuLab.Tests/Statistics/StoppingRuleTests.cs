using GpuLab.Statistics;
using GpuLab.Sweeps;

namespace GpuLab.Tests.Statistics;

public class StoppingRuleTests
{
    static readonly Stopping Normal = new(null, 30, 0.5, 15, 0.1);

    [Fact]
    public void Quiet_samples_end_it_as_soon_as_number_and_time_suffice()
    {
        var values = Draws.Normal(1, 40, deviation: 0.2);

        Assert.False(new StoppingRule(Normal, 0.005).Look(values.AsSpan(0, 29), 1, 1).Stop);
        Assert.False(new StoppingRule(Normal, 0.005).Look(values, 0.49, 1).Stop);
        var decision = new StoppingRule(Normal, 0.005).Look(values, 0.5, 1);
        Assert.Equal((true, StopFlag.None, null), (decision.Stop, decision.Flag, decision.FlagText));
        Assert.InRange(decision.HalfWidth, 0, 0.005);
    }

    [Fact]
    public void A_wide_interval_keeps_it_going()
    {
        var decision = new StoppingRule(Normal, 0.005).Look(Draws.Normal(2, 40, deviation: 10), 1, 1);
        Assert.False(decision.Stop);
        Assert.InRange(decision.HalfWidth, 0.005, 0.1);
    }

    [Fact]
    public void The_sweeps_precision_goes_before_the_probes()
    {
        var values = Draws.Normal(2, 40, deviation: 2);
        Assert.False(new StoppingRule(Normal, 0.005).Look(values, 1, 1).Stop);
        Assert.True(new StoppingRule(Normal with { Precision = 0.05 }, 0.005).Look(values, 1, 1).Stop);
    }

    [Fact]
    public void Drift_keeps_it_going_however_narrow_the_interval_is()
    {
        var drifting = Draws.Fill(30_000, i => 100 + i * (2.0 / 30_000));
        var decision = new StoppingRule(Normal, 0.005).Look(drifting, 1, 1);
        Assert.False(decision.Stop);
        Assert.InRange(decision.HalfWidth, 0, 0.005);

        Array.Reverse(drifting);
        Assert.False(new StoppingRule(Normal, 0.005).Look(drifting, 1, 1).Stop);
    }

    [Fact]
    public void Noise_that_stays_ends_it_with_a_flag()
    {
        var (decision, seconds) = Run(Draws.Normal(3, 100_000, deviation: 40), perSecond: 200, precision: 0.005);
        Assert.Equal((StopFlag.Noisy, "NOISY"), (decision.Flag, decision.FlagText));
        Assert.InRange(seconds, 1.6, 14);
    }

    [Fact]
    public void Noise_that_falls_does_not_end_it()
    {
        var random = new Xoshiro(4);
        var settling = Draws.Fill(100_000, i => 100 + 60 * Math.Exp(-i / 400.0) * random.Normal());
        var (decision, _) = Run(settling, perSecond: 200, precision: 0.005);
        Assert.Equal((true, StopFlag.None), (decision.Stop, decision.Flag));
    }

    [Fact]
    public void Time_runs_out()
    {
        var decision = new StoppingRule(Normal, 0.005).Look(Draws.Normal(5, 10), 15, 15);
        Assert.Equal((true, StopFlag.Timeout, "TIMEOUT"), (decision.Stop, decision.Flag, decision.FlagText));
        Assert.True(new StoppingRule(Normal, 0.005).Look([], 0, 15).Stop);
    }

    [Fact]
    public void What_is_precise_at_the_last_moment_is_not_flagged()
    {
        var decision = new StoppingRule(Normal, 0.005).Look(Draws.Normal(6, 40, deviation: 0.2), 15, 15);
        Assert.Equal((true, StopFlag.None), (decision.Stop, decision.Flag));
    }

    [Fact]
    public void Values_that_are_not_finite_are_passed_over()
    {
        double[] values = [.. Draws.Normal(7, 60, deviation: 0.2), double.NaN, double.PositiveInfinity];
        Assert.True(new StoppingRule(Normal, 0.005).Look(values, 1, 1).Stop);
    }

    [Fact]
    public void Nothing_but_such_values_ends_as_noise()
    {
        var (decision, seconds) = Run(Draws.Fill(10_000, _ => double.NaN), perSecond: 200, precision: 0.005);
        Assert.Equal(StopFlag.Noisy, decision.Flag);
        Assert.True(seconds < 3);
    }

    [Fact]
    public void Constant_samples_and_a_median_of_zero_are_no_trouble()
    {
        Assert.True(new StoppingRule(Normal, 0.005).Look(Draws.Fill(30, _ => 5), 1, 1).Stop);
        Assert.True(new StoppingRule(Normal, 0.005).Look(Draws.Fill(30, _ => 0), 1, 1).Stop);
        Assert.False(new StoppingRule(Normal, 0.005).Look(Draws.Fill(30, i => i % 2 == 0 ? -1 : 1), 1, 1).Stop);
    }

    [Fact]
    public void The_input_is_left_as_it_was()
    {
        var values = Draws.Normal(8, 500);
        var copy = values.ToArray();
        new StoppingRule(Normal, 1e-6).Look(values, 1, 1);
        Assert.Equal(copy, values);
    }

    /// <summary>Looks every 25 ms at samples that come at an even rate.</summary>
    static (Decision Decision, double Seconds) Run(double[] values, int perSecond, double precision)
    {
        var rule = new StoppingRule(Normal, precision);
        for (var step = 1; ; step++)
        {
            var seconds = step * 0.025;
            var decision = rule.Look(values.AsSpan(0, (int)(seconds * perSecond)), seconds, seconds);
            if (decision.Stop) return (decision, seconds);
        }
    }

    [Theory]
    [InlineData(30, 20)]
    [InlineData(15, 10)]
    [InlineData(2, 3)]
    public void Slow_samples_are_counted_in_proportion_to_the_effort(int least, int needed)
    {
        StoppingRule rule = new(Normal with { MinSamples = least }, 0.005, new(20, 1));
        var values = Draws.Normal(3, needed, deviation: 10);
        Assert.False(rule.Look(values.AsSpan(0, needed - 1), 1000, 1000).Stop);
        Assert.Equal((true, StopFlag.None), (rule.Look(values, 0.1, 1000).Stop, rule.Look(values, 0.1, 1000).Flag));
    }
}
