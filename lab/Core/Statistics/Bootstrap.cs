namespace GpuLab.Statistics;

/// <summary>A statistic of values that may be reordered and overwritten.</summary>
public delegate double Statistic(Span<double> values);

/// <summary>Percentile bootstrap over one heap of samples. Seeded: the same samples give the same interval.</summary>
public static class Bootstrap
{
    /// <summary>
    /// 95 % interval of a type 7 quantile of independent samples. Nothing is resampled: an order statistic of a resample is the value at an order statistic of
    /// uniform numbers, which is beta distributed, so each resample costs two variates whatever the number of samples.
    /// </summary>
    /// <param name="sorted">Ascending, at least one.</param>
    public static Interval OfQuantile(ReadOnlySpan<double> sorted, double p, ulong seed, int resamples = HierarchicalBootstrap.Resamples)
    {
        ArgumentOutOfRangeException.ThrowIfZero(sorted.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(p is >= 0 and <= 1, true);
        var n = sorted.Length;
        var position = (n - 1) * p;
        var rank = (int)position;
        var part = position - rank;
        var random = new Xoshiro(seed);
        var estimates = new double[resamples];
        foreach (ref var estimate in estimates.AsSpan())
        {
            var at = random.Beta(rank + 1, n - rank);
            estimate = sorted[Index(at)];
            if (part == 0) continue;
            // The next order statistic is the least of the n − rank − 1 numbers that lie beyond.
            var next = at + (1 - at) * (1 - Math.Pow(random.Open(), 1.0 / (n - rank - 1)));
            estimate += part * (sorted[Index(next)] - estimate);
        }
        return Percentiles(estimates);

        int Index(double uniform) => Math.Min((int)(uniform * n), n - 1);
    }

    /// <inheritdoc cref="OfQuantile"/>
    public static Interval OfMedian(ReadOnlySpan<double> sorted, ulong seed, int resamples = HierarchicalBootstrap.Resamples) => OfQuantile(sorted, 0.5, seed, resamples);

    /// <summary>
    /// 95 % interval of any statistic of a sequence, drawn in blocks that keep the dependence of neighbours (circular moving blocks; Politis and Romano 1992).
    /// </summary>
    /// <param name="values">In the order in which they were taken.</param>
    /// <param name="block">Length of a block, such as <see cref="Autocorrelation.BlockLength"/> says; 1 draws single values.</param>
    public static Interval OfBlocks(ReadOnlySpan<double> values, int block, Statistic statistic, ulong seed, int resamples = HierarchicalBootstrap.Resamples)
    {
        ArgumentOutOfRangeException.ThrowIfZero(values.Length);
        block = Math.Clamp(block, 1, values.Length);
        // Written twice end to end, a block that wraps round is one copy.
        var ring = new double[values.Length + block];
        values.CopyTo(ring);
        values[..block].CopyTo(ring.AsSpan(values.Length));
        var random = new Xoshiro(seed);
        var drawn = new double[values.Length];
        var estimates = new double[resamples];
        foreach (ref var estimate in estimates.AsSpan())
        {
            for (var filled = 0; filled < drawn.Length; filled += block)
            {
                var length = Math.Min(block, drawn.Length - filled);
                ring.AsSpan(random.Below(values.Length), length).CopyTo(drawn.AsSpan(filled));
            }
            estimate = statistic(drawn);
        }
        return Percentiles(estimates);
    }

    static Interval Percentiles(double[] estimates)
    {
        Array.Sort(estimates);
        return new(Quantile.Type7(estimates, 0.025), Quantile.Type7(estimates, 0.975), "95 % bootstrap");
    }
}
