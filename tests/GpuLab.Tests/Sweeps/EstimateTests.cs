using GpuLab.Model;
using GpuLab.Sweeps;

namespace GpuLab.Tests.Sweeps;

public class EstimateTests
{
    /// <summary>Round numbers: a second here and there, nothing for memory.</summary>
    static readonly TimeModel Round = new(Cut: 10, WorkerStart: 5, Handshake: 1, Prepare: 1, TouchRate: 1e15, UsualBytes: 0,
        Sample: 0, Precision: 1, Around: 0.25);

    static readonly Stopping Second = new(null, 1, MinTime: 1, MaxTime: 10, Warmup: 2);

    [Fact]
    public void A_solo_trial_is_prepared_warmed_up_and_measured_once() => Assert.Equal(1 + 1 + 2 + 1, Trial(1), 6);

    [Fact]
    public void A_concurrent_trial_measures_each_slice_alone_before_and_after() => Assert.Equal(1 + 3 * 1 + 2 + 3 * 0.5 + (1 + 0.25) + 3 * 0.5, Trial(3), 6);

    [Fact]
    public void Many_samples_take_longer_up_to_the_most_that_a_repeat_may_take()
    {
        var slow = Round with { Sample = 0.5 };
        Assert.Equal(4 + 2, slow.Trial(Probe, Parameters.None, Second with { MinSamples = 4 }, 1), 6);
        Assert.Equal(4 + 10, slow.Trial(Probe, Parameters.None, Second with { MinSamples = 80 }, 1), 6);
    }

    [Fact]
    public void Memory_that_is_filled_takes_its_time() =>
        Assert.Equal(5 + 2, (Round with { TouchRate = 1e6 }).Trial(Probe, new(new KeyValuePair<string, ParameterValue>("bytes", ParameterValue.Bytes(2e6))), Second, 1), 6);

    [Fact]
    public void A_plan_is_the_sum_of_its_layouts()
    {
        var plan = Plan("name: t\nprobes: [mem.read]\nlayouts: [whole, 2x1c]\nrepeats: 2\nmin_samples: 1\nmin_time: 1s\nmax_time: 10s\nwarmup: 2s");

        // One cell of 5 s on the whole, two on the halves, each twice; a cut and the workers besides.
        Assert.Equal([10 + 5 + 5 * 2, Math.Round(10 + Math.Sqrt(2) * 5, 6) + 2 * 5 * 2], plan.Groups.Select(g => Math.Round(g.Seconds, 6)));
        Assert.Equal(plan.Groups.Sum(g => g.Seconds), plan.Seconds, 6);
        // Where nothing gets precise, each phase takes 10 s instead of 1 s.
        Assert.Equal(plan.Seconds + 2 * 9 + 2 * 2 * 9, plan.MostSeconds, 6);
    }

    [Theory]
    [InlineData("64s", null)]
    [InlineData("50s", "repeats 3 to 4")]
    [InlineData("60s", "repeat 4")]
    [InlineData("15s", "repeats 1 to 4")]
    [InlineData("2s", "repeats 1 to 4")]
    public void A_budget_says_which_repeats_it_will_cost(string budget, string? lost)
    {
        // 10 s cut, 5 s worker, 4 repeats of two cells of 6 s: 63 s.
        var plan = Plan($"name: t\nprobes: [mem.read, mem.copy]\nrepeats: 4\nmin_samples: 1\nmin_time: 2s\nmax_time: 10s\nwarmup: 2s\nbudget: {budget}");

        Assert.Equal(63, plan.Seconds, 6);
        Assert.Equal(lost, plan.Skips.SingleOrDefault()?.What);
        Assert.Equal(8, plan.TrialCount);
    }

    static ProbeInfo Probe => TestCatalogue.Probes.First(p => p.Id == "mem.read");

    static double Trial(int slices) => Round.Trial(Probe, Parameters.None, Second, slices);

    static Plan Plan(string text) =>
        Planner.Plan(SweepReader.Read(text, "t.yaml", TestCatalogue.Probes).Sweep!, new CoreDevice(4), (_, _, _) => null, Round).Plan!;
}
