namespace GpuLab.Statistics;

/// <summary>
/// The distribution-free 95 % interval of the median: two of the sample's own values, by the normal approximation of the binomial
/// (Hoefler and Belli, SC'15, after Le Boudec). It assumes independent samples.
/// </summary>
public static class OrderStatistics
{
    /// <summary>Fewer values than this have no 95 % interval: even their whole range covers the median less often.</summary>
    public const int Least = 6;

    const double Z = 1.959963984540054;

    /// <summary>Ranks (from 0) of the interval's ends among <paramref name="count"/> sorted values.</summary>
    public static (int Low, int High) Ranks(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var width = Z * Math.Sqrt(count);
        var low = (int)Math.Floor((count - width) / 2) - 1;
        var high = (int)Math.Ceiling(1 + (count + width) / 2) - 1;
        return (Math.Max(low, 0), Math.Min(high, count - 1));
    }

    /// <param name="sorted">Ascending.</param>
    public static Interval OfMedian(ReadOnlySpan<double> sorted)
    {
        var (low, high) = Ranks(sorted.Length);
        return new(sorted[low], sorted[high], sorted.Length < Least ? "range" : "95 % order statistics");
    }
}
