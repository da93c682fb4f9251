using GpuLab.Statistics;

namespace GpuLab.Tests.Statistics;

/// <summary>Against published tables, worked examples and values that follow by hand.</summary>
public class TableTests
{
    /// <summary>Miles per gallon of R's mtcars.</summary>
    static readonly double[] Mpg =
    [
        21, 21, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4, 14.7, 32.4, 30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26, 30.4, 15.8, 19.7, 15, 21.4,
    ];

    /// <summary>Darwin's 15 pairs of maize: height of the crossed plant less that of the self-fertilised, in eighths of an inch (Fisher 1935).</summary>
    static readonly double[] Darwin = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];

    [Theory]
    [InlineData(0, 10.4)]
    [InlineData(0.25, 15.425)]
    [InlineData(0.5, 19.2)]
    [InlineData(0.75, 22.8)]
    [InlineData(1, 33.9)]
    public void Type_7_quantiles_are_those_that_R_prints_for_mtcars(double p, double expected) => Assert.Equal(expected, Quantile.Type7([.. Mpg.Order()], p), 1e-12);

    [Fact]
    public void Type_7_quantiles_of_one_to_ten()
    {
        double[] values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        Assert.Equal([1, 3.25, 5.5, 7.75, 9.1, 10], new[] { 0, 0.25, 0.5, 0.75, 0.9, 1 }.Select(p => Math.Round(Quantile.Type7(values, p), 12)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Quantile.Type7(values, 1.1));
        Assert.Equal(double.NaN, Quantile.Type7([], 0.5));
    }

    [Fact]
    public void Harrell_Davis_weights_are_beta_probabilities()
    {
        // Three values, p = 1/2: Beta(2, 2), whose distribution is 3x² − 2x³.
        Assert.Equal((7 * 1 + 13 * 10 + 7 * 100) / 27.0, Quantile.HarrellDavis([1, 10, 100], 0.5), 1e-12);
        // p = 1/4: Beta(1, 3), whose distribution is 1 − (1 − x)³.
        Assert.Equal((19 * 1 + 7 * 10 + 1 * 100) / 27.0, Quantile.HarrellDavis([1, 10, 100], 0.25), 1e-12);
        Assert.Equal(5, Quantile.HarrellDavis([5], 0.9));
    }

    [Fact]
    public void Harrell_Davis_by_integration_agrees_with_the_exact_weights()
    {
        // The mean of Beta weights over equally spaced values is that of the distribution, shifted by half a step.
        foreach (var n in (int[])[100, 1000, 100_000])
        {
            double[] values = [.. Enumerable.Range(0, n).Select(i => (i + 0.5) / n)];
            foreach (var p in (double[])[0.25, 0.5, 0.9]) Assert.Equal(p, Quantile.HarrellDavis(values, p), 1e-6);
        }
    }

    [Theory]
    [InlineData(1, 12.706)]
    [InlineData(2, 4.303)]
    [InlineData(5, 2.571)]
    [InlineData(9, 2.262)]
    [InlineData(30, 2.042)]
    [InlineData(120, 1.980)]
    public void Quantiles_of_t_are_those_of_the_table(double freedom, double expected) => Assert.Equal(expected, StudentInterval.Quantile(0.975, freedom), 5e-4);

    [Fact]
    public void The_t_interval_of_Darwins_maize_is_Fishers()
    {
        var interval = StudentInterval.Of(Darwin, 0.95);
        Assert.Equal(20.933, Moments.Mean(Darwin), 5e-4);
        Assert.Equal((0.03, 41.84, "95 % t"), (Math.Round(interval.Low, 2), Math.Round(interval.High, 2), interval.Kind));
        var t = Moments.Mean(Darwin) / (Moments.Deviation(Darwin) / Math.Sqrt(15));
        Assert.Equal(2.148, t, 5e-4);
        Assert.Equal(0.0497, 2 * StudentInterval.Above(t, 14), 5e-5);
    }

    [Fact]
    public void One_value_has_no_end_to_its_t_interval() => Assert.Equal(double.PositiveInfinity, StudentInterval.Of([3], 0.95).High);

    [Fact]
    public void Holm_adjusts_as_in_the_worked_example()
    {
        Assert.Equal([0.03, 0.06, 0.06, 0.02], Holm.Adjust([0.01, 0.04, 0.03, 0.005]).Select(p => Math.Round(p, 12)));
        Assert.Equal([1, 1], Holm.Adjust([0.7, 0.9]));
        Assert.Empty(Holm.Adjust([]));
    }

    [Theory]
    [InlineData(6, 0, 5)]
    [InlineData(10, 0, 9)]
    [InlineData(100, 39, 60)]
    [InlineData(1000, 468, 531)]
    public void Ranks_of_the_medians_interval(int count, int low, int high) => Assert.Equal((low, high), OrderStatistics.Ranks(count));

    [Fact]
    public void Median_absolute_deviation_and_moments_of_a_textbook_sample()
    {
        var summary = Summary.Of([2, 4, 4, 4, 5, 5, 7, 9]);
        Assert.Equal((4.5, 5, 0.5 * 1.4826), (summary.Median, summary.Mean, Math.Round(summary.Mad, 4)));
        Assert.Equal(Math.Sqrt(32 / 7.0), summary.Deviation, 1e-12);
        Assert.Equal(summary.Deviation / 5, summary.Variation, 1e-12);
    }

    [Fact]
    public void Outliers_lie_beyond_the_fences_of_Tukey()
    {
        // Quartiles 25 and 75: fences at −50 and 150, and at −125 and 225.
        double[] values = [.. Enumerable.Range(0, 101).Select(i => (double)i)];
        Assert.Equal(default, Outliers.Of(values));
        var quartiles = new double[404];
        for (var i = 0; i < 404; i++) quartiles[i] = i / 4;
        quartiles[0] = -200;
        quartiles[1] = -60;
        quartiles[402] = 160;
        quartiles[403] = 230;
        Assert.Equal(new Outliers(1, 1, 1, 1), Outliers.Of(quartiles));
    }

    [Fact]
    public void Lag_one_of_alternating_values_is_minus_one_and_of_a_ramp_near_one()
    {
        Assert.Equal(-0.99, Autocorrelation.Lag1(Draws.Fill(100, i => i % 2)), 1e-12);
        Assert.InRange(Autocorrelation.Lag1(Draws.Fill(1000, i => i)), 0.99, 1);
        Assert.Equal(0, Autocorrelation.Lag1([5, 5, 5, 5]));
    }

    [Theory]
    [InlineData(1000, 0.1, 1)]
    [InlineData(1000, 0.5, 10)]
    [InlineData(1000, 0.95, 40)]
    [InlineData(10, 0.99, 5)]
    public void Blocks_are_as_long_as_dependence_asks(int count, double lag1, int expected) => Assert.Equal(expected, Autocorrelation.BlockLength(count, lag1));

    [Fact]
    public void Indices_of_layouts()
    {
        Assert.Equal(1, LayoutIndices.Jain([0.7, 0.7, 0.7]), 1e-12);
        Assert.Equal(0.25, LayoutIndices.Jain([1, 0, 0, 0]), 1e-12);
        Assert.Equal(1.5, LayoutIndices.Throughput([1, 0.5]), 1e-12);
        Assert.Equal(1.5, LayoutIndices.Turnaround([1, 0.5]), 1e-12);
        Assert.Equal(0.5, LayoutIndices.Evenness([1, 0.5]), 1e-12);
        Assert.Equal(0.5, LayoutIndices.Isolation([(0.25, 1), (1, 1)]), 1e-12);
        Assert.Equal(0.25, LayoutIndices.Isolation([(0.25, 1), (1, 0)]), 1e-12);
    }

    [Fact]
    public void The_generator_gives_the_published_numbers()
    {
        var random = new Xoshiro(1, 2, 3, 4);
        ulong[] published = [11520, 0, 1509978240, 1215971899390074240, 1216172134540287360];
        foreach (var number in published) Assert.Equal(number, random.Next());
    }
}
