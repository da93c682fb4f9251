using GpuLab.Probes.Sim;

namespace GpuLab.Tests.Simulation;

public sealed class ContentionTests
{
    [Theory]
    [InlineData(1, 7, 8)]
    [InlineData(0.25, 1, 1)]
    [InlineData(0.6, 1, 1.2)]
    public void Equals_share_evenly(double wanted, int others, double longer) =>
        Assert.Equal(longer, Contention.Shared(new(wanted, 1), [.. Enumerable.Repeat(new Contention.Taker(wanted, 1), others)], 1), 9);

    [Fact]
    public void What_a_modest_one_leaves_goes_to_the_greedy() =>
        Assert.Equal(1 / 0.9, Contention.Shared(new(1, 1), [new(0.1, 1)], 1), 9);

    [Fact]
    public void Nothing_wanted_is_never_late() => Assert.Equal(1, Contention.Shared(new(0, 1), [new(5, 1)], 1));

    [Theory]
    [InlineData(0.5, 0.9, 1)]
    [InlineData(0.5, 1.2, 1.2)]
    [InlineData(1.125, 1.125, 1)]
    public void Power_counts_only_beyond_what_it_costs_alone(double own, double all, double longer) => Assert.Equal(longer, Contention.Power(own, all), 9);
}
