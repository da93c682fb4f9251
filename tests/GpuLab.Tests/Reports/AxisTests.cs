using GpuLab.Reports.Plots;

namespace GpuLab.Tests.Reports;

public sealed class AxisTests
{
    [Fact]
    public void Tick_labels_never_touch_whatever_the_range_the_unit_and_the_room()
    {
        var random = new Random(11);
        string[] units = ["B", "B/s", "s", "FLOP/s", "1", "%", ""];
        for (var i = 0; i < 4000; i++)
        {
            var low = Math.Pow(10, (random.NextDouble() * 24) - 12);
            var high = low * (1 + Math.Pow(10, (random.NextDouble() * 9) - 3));
            var unit = units[random.Next(units.Length)];
            var track = random.Next(2) == 0 ? new Track(30, 60 + random.Next(700), false) : new Track(80 + random.Next(400), 20, true);
            Axis axis = (i % 4) switch { 0 => new Linear("a", unit), 1 => new Log("a", unit, 2), 2 => new Log("a", unit), _ => new Percentile("a", 1 + random.Next(5)) };
            var scale = axis.Fit(low, high, track);
            Assert.True(Ticks.Fits(scale.Ticks, track, scale.Map), $"{axis} over {low:R} … {high:R} on {track}: {string.Join(" | ", scale.Ticks.Select(t => t.Label))}");
            Assert.NotEmpty(scale.Ticks);
            if (axis is Linear or Log) Assert.Equal(scale.Ticks.Count, scale.Ticks.Select(t => t.Label).Distinct().Count());
        }
    }

    [Fact]
    public void Ticks_stand_on_the_track()
    {
        foreach (var axis in new Axis[] { new Linear("a", "B/s"), new Log("a", "B", 2), new Log("a", "s") })
        {
            var scale = axis.Fit(1.7, 93_000, new(50, 700, false));
            Assert.All(scale.Ticks, t => Assert.InRange(scale[t.Value], 49.9, 700.1));
        }
    }

    [Fact]
    public void Sizes_on_a_linear_axis_have_round_labels_in_binary_units() =>
        Assert.Equal(["0", "5", "10", "15", "20"], new Linear("a", "B", 0).Fit(0, 20e9, new(300, 0, true)).Ticks.Select(t => t.Label));

    [Fact]
    public void Sizes_are_labelled_in_binary_units_and_times_in_fitting_ones()
    {
        Assert.Equal(["64 KiB", "1 MiB", "16 MiB", "256 MiB"], new Log("a", "B", 2).Fit(16 << 10, 1 << 30, new(0, 330, false)).Ticks.Select(t => t.Label));
        Assert.Equal(["1 ns", "10 ns", "100 ns", "1 µs"], new Log("a", "s", 10, 1e-9, 1e-6).Fit(1e-9, 1e-6, new(200, 0, true)).Ticks.Select(t => t.Label));
        var bandwidth = new Linear("bandwidth", "B/s").Fit(0, 19.8e9, new(0, 400, false));
        Assert.Equal("bandwidth, GB/s", bandwidth.Title);
        Assert.Equal(["0", "5", "10", "15", "20"], bandwidth.Ticks.Select(t => t.Label));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-5, -5)]
    [InlineData(double.Epsilon, double.Epsilon)]
    public void A_range_without_extent_still_gives_a_usable_scale(double low, double high)
    {
        foreach (var axis in new Axis[] { new Linear("a", "s"), new Log("a", "s") })
        {
            var scale = axis.Fit(low, high, new(0, 100, false));
            Assert.True(double.IsFinite(scale[low]) && scale.High > scale.Low, $"{axis}: {scale.Low} … {scale.High}");
        }
    }

    [Fact]
    public void Labels_pushed_apart_keep_their_order_their_distance_and_the_range()
    {
        var random = new Random(5);
        for (var i = 0; i < 500; i++)
        {
            var wanted = Enumerable.Range(0, 1 + random.Next(12)).Select(_ => random.NextDouble() * 300).Order().ToList();
            var placed = EndLabels.Apart(wanted, 15, 0, 300);
            Assert.All(placed, p => Assert.InRange(p, -0.001, 300.001));
            Assert.All(placed.Zip(placed.Skip(1)), p => Assert.True(p.Second - p.First >= 14.999));
        }
        Assert.Equal([10, 100], EndLabels.Apart([10, 100], 15, 0, 300));
    }
}
