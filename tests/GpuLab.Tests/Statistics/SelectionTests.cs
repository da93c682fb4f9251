using GpuLab.Statistics;

namespace GpuLab.Tests.Statistics;

public class SelectionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(23)]
    [InlineData(24)]
    [InlineData(25)]
    [InlineData(1000)]
    public void Every_rank_is_what_sorting_says(int count)
    {
        foreach (var values in Shapes(count))
        {
            var sorted = values.Order().ToArray();
            foreach (var rank in (ReadOnlySpan<int>)[0, count / 3, count / 2, count - 1])
            {
                var copy = values.ToArray();
                Assert.Equal(sorted[rank], Selection.Select(copy, rank));
                Assert.All(copy[..rank], v => Assert.True(v <= sorted[rank]));
                Assert.All(copy[rank..], v => Assert.True(v >= sorted[rank]));
            }
        }
    }

    [Fact]
    public void The_median_of_an_even_number_is_the_mean_of_the_middle_two()
    {
        Assert.Equal(2.5, Selection.Median([4, 1, 3, 2]));
        Assert.Equal(3, Selection.Median([5, 1, 3]));
        Assert.Equal(double.NaN, Selection.Median([]));
        Assert.Equal(1.5e308, Selection.Median([1.4e308, 1.6e308]), 1e294);
    }

    [Fact]
    public void Deviation_is_the_median_distance() => Assert.Equal(1, Selection.AbsoluteDeviation([1, 1, 2, 2, 4, 6, 9], 2));

    static IEnumerable<double[]> Shapes(int count) =>
    [
        Draws.Normal(7, count),
        Draws.Fill(count, i => i),
        Draws.Fill(count, i => -i),
        Draws.Fill(count, _ => 3),
        Draws.Fill(count, i => i % 3),
        Draws.Fill(count, i => Math.Min(i, count - i)),
    ];
}
