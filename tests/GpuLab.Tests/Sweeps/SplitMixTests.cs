using GpuLab.Model;

namespace GpuLab.Tests.Sweeps;

public class SplitMixTests
{
    [Fact]
    public void The_published_sequence_comes_out()
    {
        // The test vector that comes with Vigna's splitmix64.c in several libraries: seed 1234567.
        var random = new SplitMix(1234567);
        ulong[] found = [random.Next(), random.Next(), random.Next()];

        Assert.Equal([6457827717110365317, 3203168211198807973, 9817491932198370423], found);
    }

    [Fact]
    public void Numbers_below_a_bound_are_spread_evenly()
    {
        var random = new SplitMix(5);
        var counts = new int[6];
        for (var i = 0; i < 60_000; i++) counts[random.Below(6)]++;

        // Five standard deviations around 10 000.
        Assert.All(counts, c => Assert.InRange(c, 9540, 10_460));
    }

    [Fact]
    public void A_shuffle_keeps_every_item_and_reaches_every_order()
    {
        var orders = new HashSet<string>();
        for (var seed = 0ul; seed < 200; seed++)
        {
            char[] items = ['a', 'b', 'c', 'd'];
            new SplitMix(seed).Shuffle<char>(items);
            Assert.Equal("abcd", string.Concat(items.Order()));
            orders.Add(string.Concat(items));
        }
        Assert.Equal(24, orders.Count);
    }
}
