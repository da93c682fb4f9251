namespace GpuLab.Statistics;

/// <summary>What is stored of a sequence of samples (MEASUREMENT 2.8), in the samples' unit.</summary>
/// <param name="P1">Quantiles are type 7.</param>
/// <param name="HarrellDavis">The median by Harrell and Davis.</param>
/// <param name="Deviation">Sample standard deviation.</param>
/// <param name="Mad">Median absolute deviation × 1.4826: comparable with the standard deviation.</param>
/// <param name="Lag1">Autocorrelation of neighbours.</param>
public sealed record Summary(int Count, double Min, double P1, double P5, double Q1, double Median, double Q3, double P95, double P99, double Max,
    double HarrellDavis, double Mean, double Deviation, double Mad, double Lag1, Interval MedianInterval, Outliers Outliers)
{
    /// <summary>Makes the median absolute deviation of normal samples equal their standard deviation.</summary>
    public const double Normal = 1.482602218505602;

    /// <summary>Coefficient of variation.</summary>
    public double Variation => Deviation / Math.Abs(Mean);

    /// <summary>Scaled median absolute deviation over the median.</summary>
    public double Spread => Mad == 0 ? 0 : Mad / Math.Abs(Median);

    /// <param name="values">Finite, at least one, in the order in which they were taken.</param>
    public static Summary Of(ReadOnlySpan<double> values)
    {
        ArgumentOutOfRangeException.ThrowIfZero(values.Length);
        ReadOnlySpan<double> sorted = values.Sorted();
        var median = Quantile.Type7(sorted, 0.5);
        return new(values.Length, sorted[0], At(sorted, 0.01), At(sorted, 0.05), At(sorted, 0.25), median, At(sorted, 0.75), At(sorted, 0.95), At(sorted, 0.99), sorted[^1],
            Quantile.HarrellDavis(sorted, 0.5), Moments.Mean(values), Moments.Deviation(values), Normal * Selection.AbsoluteDeviation(sorted.ToArray(), median),
            Autocorrelation.Lag1(values), OrderStatistics.OfMedian(sorted), Outliers.Of(sorted));
    }

    static double At(ReadOnlySpan<double> sorted, double p) => Quantile.Type7(sorted, p);
}
