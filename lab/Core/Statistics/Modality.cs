namespace GpuLab.Statistics;

/// <summary>Whether samples fall into several heaps, as with two clock states or two page mappings.</summary>
public static class Modality
{
    /// <summary>A valley separates two peaks when it is lower than this share of both.</summary>
    const double Valley = 0.6;

    /// <summary>Peaks with fewer samples than this, or than this share of all, are not told from noise.</summary>
    const int LeastPeak = 10;
    const double LeastMass = 0.05;

    /// <summary>
    /// The peaks of a smoothed histogram that valleys below 60 % separate, in ascending order; one or none where the samples form one heap.
    /// Each separated heap holds at least 5 % of the samples.
    /// </summary>
    /// <param name="sorted">Ascending.</param>
    public static IReadOnlyList<double> Peaks(ReadOnlySpan<double> sorted)
    {
        if (sorted.Length < 2 * LeastPeak) return [];
        // Outliers would stretch the bins until everything lies in one.
        var (low, high) = (Quantile.Type7(sorted, 0.01), Quantile.Type7(sorted, 0.99));
        if (!(high > low)) return [low];
        var bins = (int)Math.Clamp(2 * Math.Cbrt(sorted.Length), 8, 64);
        var counts = new double[bins];
        foreach (var value in sorted)
        {
            if (value < low || value > high) continue;
            counts[Math.Min(bins - 1, (int)((value - low) / (high - low) * bins))]++;
        }
        var smooth = Smoothed(counts);
        var width = (high - low) / bins;
        return [.. Separated(smooth, counts, Math.Max(LeastPeak, LeastMass * sorted.Length)).Select(b => low + (b + 0.5) * width)];
    }

    /// <summary>Binomial weights 1 4 6 4 1, renormalised at the ends.</summary>
    static double[] Smoothed(double[] counts)
    {
        double[] kernel = [1, 4, 6, 4, 1];
        var smooth = new double[counts.Length];
        for (var i = 0; i < counts.Length; i++)
        {
            var (sum, weight) = (0.0, 0.0);
            for (var j = -2; j <= 2; j++)
            {
                if (i + j < 0 || i + j >= counts.Length) continue;
                sum += kernel[j + 2] * counts[i + j];
                weight += kernel[j + 2];
            }
            smooth[i] = sum / weight;
        }
        return smooth;
    }

    /// <summary>Splits at the deepest valley that is deep enough, then each side again.</summary>
    static IEnumerable<int> Separated(double[] smooth, double[] counts, double least)
    {
        return Within(0, smooth.Length);

        IEnumerable<int> Within(int from, int to)
        {
            var (best, depth) = (-1, Valley);
            for (var i = from + 1; i < to - 1; i++)
            {
                var lower = Math.Min(smooth.AsSpan(from, i - from).Max(), smooth.AsSpan(i + 1, to - i - 1).Max());
                if (smooth[i] >= depth * lower || counts.AsSpan(from, i - from).Sum() < least || counts.AsSpan(i, to - i).Sum() < least) continue;
                (best, depth) = (i, smooth[i] / lower);
            }
            if (best >= 0) return Within(from, best).Concat(Within(best, to));
            var peak = from;
            for (var i = from; i < to; i++) peak = smooth[i] > smooth[peak] ? i : peak;
            return [peak];
        }
    }
}
