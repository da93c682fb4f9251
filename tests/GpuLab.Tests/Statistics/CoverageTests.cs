using GpuLab.Statistics;

namespace GpuLab.Tests.Statistics;

/// <summary>Whether intervals hold the truth as often as they say, on distributions that are known. Seeded, so a run either always passes or never.</summary>
public class CoverageTests
{
    [Fact]
    public void Order_statistics_cover_the_median_of_skewed_samples() =>
        Assert.InRange(Share(2000, s => Holds(OrderStatistics.OfMedian(Sorted(Draws.LogNormal(s, 100, 10, 0.8))), 10)), 0.94, 0.985);

    [Fact]
    public void The_t_interval_covers_the_mean_of_six() =>
        Assert.InRange(Share(3000, s => Holds(StudentInterval.Of(Draws.Normal(s, 6, 100), 0.95), 100)), 0.935, 0.965);

    [Fact]
    public void The_bootstrap_covers_the_median_and_the_95th_percentile()
    {
        Assert.InRange(Share(1000, s => Holds(Bootstrap.OfMedian(Sorted(Draws.LogNormal(s, 200, 10, 0.8)), s, 1000), 10)), 0.925, 0.975);
        var p95 = 10 * Math.Exp(0.8 * 1.6448536);
        Assert.InRange(Share(1000, s => Holds(Bootstrap.OfQuantile(Sorted(Draws.LogNormal(s, 400, 10, 0.8)), 0.95, s, 1000), p95)), 0.91, 0.97);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(201)]
    [InlineData(7)]
    public void Drawing_ranks_agrees_with_drawing_samples(int count)
    {
        var values = Draws.LogNormal(5, count, 10, 0.5);
        var ranks = Bootstrap.OfMedian(Sorted(values), 1, 20_000);
        var drawn = Bootstrap.OfBlocks(values, 1, Selection.Median, 2, 20_000);
        // The interval's ends are themselves sample values some distance apart; a fraction of the width is what 20 000 resamples leave.
        var width = drawn.High - drawn.Low;
        Assert.Equal(drawn.Low, ranks.Low, 0.05 * width);
        Assert.Equal(drawn.High, ranks.High, 0.05 * width);
    }

    [Fact]
    public void Blocks_keep_the_coverage_that_dependence_takes_away()
    {
        Assert.True(Share(200, s => Covers(s, block: 1)) < 0.72);
        Assert.InRange(Share(200, s => Covers(s, block: 20)), 0.84, 0.98);

        static bool Covers(ulong seed, int block) =>
            Holds(Bootstrap.OfBlocks(Draws.Autocorrelated(seed, 400, 0.7), block, Selection.Median, seed, 300), 100);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(10)]
    public void Resampling_repeats_covers_what_pooled_samples_do_not(int repeats)
    {
        Assert.InRange(Share(400, s => Holds(HierarchicalBootstrap.OfMedian(Repeats(s, repeats, 200), s, 4000), 100)), 0.925, 0.985);
        Assert.True(Share(200, s => Holds(OrderStatistics.OfMedian(Sorted([.. Repeats(s, 10, 200).SelectMany(r => r)])), 100)) < 0.4);
    }

    /// <summary>Within a repeat nothing is drawn in blocks: what neighbours share is seen in how repeats differ.</summary>
    [Fact]
    public void Samples_that_depend_on_their_neighbours_are_covered_by_resampling_repeats() =>
        Assert.InRange(Share(400, s => Holds(HierarchicalBootstrap.OfMedian([.. Enumerable.Range(0, 6).Select(i => Draws.Autocorrelated(s * 6151 + (ulong)i, 200, 0.8))], s, 4000), 100)), 0.925, 0.99);

    [Theory]
    [InlineData(200)]
    [InlineData(900)]
    public void Halving_the_pool_agrees_with_drawing_every_sample(int each)
    {
        // Ties too: values rounded so that many are equal.
        foreach (var digits in (int[])[12, 0])
        {
            var repeats = Repeats(3, 6, each).Select((r, i) => r[..(r.Length - i)].Select(v => Math.Round(v, digits)).ToArray()).ToArray();
            var halved = HierarchicalBootstrap.OfMedian(repeats, 1, 8000);
            var drawn = Drawn(repeats, 8000);
            Assert.Equal(drawn.Low, halved.Low, 0.1 * (drawn.High - drawn.Low) + 1e-9);
            Assert.Equal(drawn.High, halved.High, 0.1 * (drawn.High - drawn.Low) + 1e-9);
        }
    }

    [Fact]
    public void Few_samples_in_each_repeat_are_resampled_too()
    {
        double[][] repeats = [[1], [2], [3], [4], [5], [6]];
        var interval = HierarchicalBootstrap.OfMedian(repeats, 1);
        Assert.InRange(interval.Low, 1, 2);
        Assert.InRange(interval.High, 5, 6);
    }

    [Theory]
    [InlineData(5, 0.3)]
    [InlineData(40, 0.1)]
    [InlineData(40, 0.5)]
    [InlineData(1000, 0.02)]
    [InlineData(1000, 0.37)]
    [InlineData(1000, 0.93)]
    public void Binomial_variates_have_the_mean_variance_and_distribution_of_their_name(int count, double p)
    {
        var random = new Xoshiro(1);
        const int Draws = 50_000;
        var draws = Enumerable.Range(0, Draws).Select(_ => (double)random.Binomial(count, p)).ToArray();
        var deviation = Math.Sqrt(count * p * (1 - p));
        Assert.Equal(count * p, Moments.Mean(draws), 4 * deviation / Math.Sqrt(Draws));
        Assert.Equal(deviation, Moments.Deviation(draws), 0.02 * deviation);
        foreach (var shift in (double[])[-1, 0, 1])
        {
            var at = Math.Floor(count * p + shift * deviation);
            Assert.Equal(MathNet.Numerics.Distributions.Binomial.CDF(p, count, at), draws.Count(d => d <= at) / (double)Draws, 0.01);
        }
        Assert.All(draws, d => Assert.InRange(d, 0, count));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 8)]
    [InlineData(100, 100)]
    public void Beta_variates_have_the_mean_and_variance_of_their_name(double a, double b)
    {
        var random = new Xoshiro(2);
        var draws = Enumerable.Range(0, 50_000).Select(_ => random.Beta(a, b)).ToArray();
        var deviation = Math.Sqrt(a * b / ((a + b) * (a + b) * (a + b + 1)));
        Assert.Equal(a / (a + b), Moments.Mean(draws), 4 * deviation / Math.Sqrt(50_000));
        Assert.Equal(deviation, Moments.Deviation(draws), 0.02 * deviation);
    }

    [Fact]
    public void Lag_one_of_an_autoregression_is_its_coefficient() => Assert.Equal(0.6, Autocorrelation.Lag1(Draws.Autocorrelated(1, 20_000, 0.6)), 0.02);

    [Fact]
    public void One_heap_is_seldom_taken_for_two_and_two_are_seldom_missed()
    {
        Assert.True(Share(300, s => Modality.Peaks(Sorted(Draws.Normal(s, 300))).Count > 1) < 0.03);
        Assert.True(Share(300, s => Modality.Peaks(Sorted(Draws.LogNormal(s, 300, 10, 0.5))).Count > 1) < 0.05);
        Assert.True(Share(300, s => Modality.Peaks(Sorted([.. Draws.Normal(s, 150), .. Draws.Normal(s + 999, 150, 106)])).Count == 2) > 0.95);
    }

    /// <summary>Repeats whose own means vary by as much as their samples do.</summary>
    static double[][] Repeats(ulong seed, int count, int each)
    {
        var means = Draws.Normal(seed * 7919, count, 100);
        return [.. means.Select((m, i) => Draws.Normal(seed * 104729 + (ulong)i, each, m))];
    }

    static Interval Drawn(double[][] repeats, int resamples)
    {
        var random = new Xoshiro(77);
        var medians = new double[resamples];
        for (var i = 0; i < resamples; i++)
        {
            var drawn = new List<double>();
            for (var j = 0; j < repeats.Length; j++)
            {
                var repeat = repeats[random.Below(repeats.Length)];
                for (var k = 0; k < repeat.Length; k++) drawn.Add(repeat[random.Below(repeat.Length)]);
            }
            medians[i] = Selection.Median(drawn.ToArray());
        }
        Array.Sort(medians);
        // t of five degrees of freedom times √(6 ÷ 5) is 2.816, beyond which 0.243 % of a normal distribution lie (Hesterberg 2015).
        return new(Quantile.Type7(medians, 0.00243), Quantile.Type7(medians, 1 - 0.00243), "");
    }

    static double Share(int runs, Func<ulong, bool> holds) => Enumerable.Range(1, runs).Count(s => holds((ulong)s)) / (double)runs;

    static bool Holds(Interval interval, double truth) => interval.Low <= truth && truth <= interval.High;

    static double[] Sorted(double[] values) => [.. values.Order()];
}
