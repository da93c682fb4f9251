using System.Numerics;
using MathNet.Numerics.Distributions;

namespace GpuLab.Statistics;

/// <summary>
/// Percentile bootstrap over two levels: repeats are drawn, then samples within each drawn repeat (Kalibera and Jones: the highest level that varies
/// decides). For the median of the pooled samples.
/// </summary>
/// <remarks>
/// Drawing every sample would cost the number of samples for each resample. The median of a resample needs only how many of its draws fall left of
/// a point, which is binomial within a repeat; so the median is found by halving the sorted pool, one binomial a repeat and step. Exact, and
/// logarithmic in the number of samples. Samples within a repeat are drawn as if independent: what neighbours share is part of what repeats differ by.
/// Of few repeats the percentiles between which 95 % of the resamples lie are too close: resamples vary by (n − 1) ÷ n of what repeats do, and a normal
/// distribution is taken where Student's belongs. Both are made up for by going further out (the expanded percentile interval of Hesterberg 2015).
/// </remarks>
public static class HierarchicalBootstrap
{
    /// <summary>Fewer repeats than this and the interval would cover far less often than it says.</summary>
    public const int LeastRepeats = 6;

    public const int Resamples = 10_000;

    /// <summary>Cells the pool is cut into at most; an eighth of the sampling error of a median wide, or less.</summary>
    const int Cells = 8192;

    /// <param name="repeats">Samples of each repeat, in any order; none of them empty.</param>
    public static Interval OfMedian(IReadOnlyList<double[]> repeats, ulong seed, int resamples = Resamples)
    {
        ArgumentOutOfRangeException.ThrowIfZero(repeats.Count);
        var medians = repeats.Sum(r => r.Length) <= 64 * repeats.Count ? Drawn(repeats, seed, resamples) : Halved(repeats, seed, resamples);
        Array.Sort(medians);
        var tail = Tail(repeats.Count);
        return new(Quantile.Type7(medians, tail), Quantile.Type7(medians, 1 - tail), "95 % bootstrap");
    }

    /// <summary>Share of the resamples that lies beyond each end: 2.5 % of many repeats, 0.2 % of six.</summary>
    static double Tail(int repeats) => repeats == 1 ? 0.025 : Normal.CDF(0, 1, Math.Sqrt(repeats / (repeats - 1.0)) * StudentInterval.Quantile(0.025, repeats - 1));

    /// <summary>Sample by sample, for small pools, where the two middle values may lie apart.</summary>
    static double[] Drawn(IReadOnlyList<double[]> repeats, ulong seed, int resamples)
    {
        var random = new Xoshiro(seed);
        var medians = new double[resamples];
        var drawn = new double[repeats.Count * repeats.Max(r => r.Length)];
        for (var i = 0; i < resamples; i++)
        {
            var count = 0;
            for (var j = 0; j < repeats.Count; j++)
            {
                var repeat = repeats[random.Below(repeats.Count)];
                for (var k = 0; k < repeat.Length; k++) drawn[count++] = repeat[random.Below(repeat.Length)];
            }
            medians[i] = Selection.Median(drawn.AsSpan(0, count));
        }
        return medians;
    }

    static double[] Halved(IReadOnlyList<double[]> repeats, ulong seed, int resamples)
    {
        var pool = repeats.SelectMany(r => r).ToArray();
        var owners = repeats.SelectMany((r, i) => Enumerable.Repeat(i, r.Length)).ToArray();
        Array.Sort(pool, owners);
        var cells = Math.Min(Math.Min(Cells, pool.Length), (int)BitOperations.RoundUpToPowerOf2((uint)(8 * Math.Sqrt(pool.Length))));
        var counts = CountsBefore(owners, repeats.Count, cells);
        var random = new Xoshiro(seed);
        var left = new int[repeats.Count];
        var below = new int[repeats.Count];
        var medians = new double[resamples];
        for (var i = 0; i < resamples; i++)
        {
            Array.Clear(left);
            var total = 0;
            for (var j = 0; j < repeats.Count; j++)
            {
                var chosen = random.Below(repeats.Count);
                left[chosen] += repeats[chosen].Length;
                total += repeats[chosen].Length;
            }
            var cell = Cell(ref random, counts, left, below, total / 2, cells);
            var (from, to) = (Start(cell, cells, pool.Length), Start(cell + 1, cells, pool.Length));
            medians[i] = pool[from + random.Below(to - from)];
        }
        return medians;
    }

    /// <summary>The cell in which the value of a rank lies, when each repeat has <paramref name="left"/> draws still to place.</summary>
    static int Cell(ref Xoshiro random, int[][] counts, int[] left, int[] below, int rank, int cells)
    {
        var (low, high) = (0, cells);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            var sum = 0;
            for (var r = 0; r < left.Length; r++)
            {
                if (left[r] == 0)
                {
                    below[r] = 0;
                    continue;
                }
                var inside = counts[r][high] - counts[r][low];
                below[r] = random.Binomial(left[r], (double)(counts[r][middle] - counts[r][low]) / inside);
                sum += below[r];
            }
            if (rank < sum)
            {
                high = middle;
                below.CopyTo(left, 0);
            }
            else
            {
                low = middle;
                rank -= sum;
                for (var r = 0; r < left.Length; r++) left[r] -= below[r];
            }
        }
        return low;
    }

    /// <summary>For each repeat, how many of its samples lie before each cell. By place, not by value, so that equal values fill their cells.</summary>
    static int[][] CountsBefore(int[] owners, int repeats, int cells)
    {
        var counts = new int[repeats][];
        for (var r = 0; r < repeats; r++) counts[r] = new int[cells + 1];
        for (var c = 0; c < cells; c++)
        {
            foreach (var count in counts) count[c + 1] = count[c];
            foreach (var owner in owners.AsSpan(Start(c, cells, owners.Length)..Start(c + 1, cells, owners.Length))) counts[owner][c + 1]++;
        }
        return counts;
    }

    static int Start(int cell, int cells, int length) => (int)((long)cell * length / cells);
}
