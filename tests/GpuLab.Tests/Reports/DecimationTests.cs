using GpuLab.Reports.Plots;

namespace GpuLab.Tests.Reports;

public sealed class DecimationTests
{
    [Theory]
    [InlineData(1, 50_000, 700)]
    [InlineData(2, 9_999, 300)]
    [InlineData(3, 5, 700)]
    [InlineData(4, 0, 700)]
    public void Every_pixel_column_keeps_its_first_lowest_highest_and_last_point(int seed, int count, int columns)
    {
        var random = new Random(seed);
        var x = 0.0;
        var points = Enumerable.Range(0, count).Select(_ => new XY(x += random.NextDouble() * random.NextDouble(), random.NextDouble() < 0.001 ? -50 : random.NextDouble())).ToList();
        int Column(double v) => (int)(v / Math.Max(x, 1) * columns);
        var kept = Decimation.Columns(points, Column);

        var before = points.GroupBy(p => Column(p.X)).ToDictionary(g => g.Key, g => (First: g.First(), Low: g.Min(p => p.Y), High: g.Max(p => p.Y), Last: g.Last()));
        var after = kept.GroupBy(p => Column(p.X)).ToDictionary(g => g.Key, g => (First: g.First(), Low: g.Min(p => p.Y), High: g.Max(p => p.Y), Last: g.Last()));
        Assert.Equal(before, after);
        Assert.All(kept.GroupBy(p => Column(p.X)), g => Assert.InRange(g.Count(), 1, 4));
        Assert.True(kept.Zip(kept.Skip(1)).All(p => p.First.X <= p.Second.X), "the order is kept");
        Assert.Subset(points.ToHashSet(), kept.ToHashSet());
    }

    [Fact]
    public void A_single_spike_among_a_hundred_thousand_points_is_drawn()
    {
        var points = Enumerable.Range(0, 100_000).Select(i => new XY(i, i == 54_321 ? 99 : 1)).ToList();
        var svg = new Plot("spike", new Linear("t", "s"), new Linear("v", "1"), new Line(new(0, "a"), points)).Svg(740, "s");
        Assert.Contains(" 99 ", svg, StringComparison.Ordinal);
        Assert.True(svg.Length < 200_000, $"{svg.Length} characters");
    }
}
