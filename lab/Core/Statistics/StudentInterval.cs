using MathNet.Numerics.Distributions;

namespace GpuLab.Statistics;

/// <summary>Intervals of a mean of few, roughly normal values, such as log ratios over repeats.</summary>
public static class StudentInterval
{
    /// <summary>The t interval of the mean of <paramref name="values"/>; without end for fewer than two.</summary>
    /// <param name="confidence">Such as 0.95.</param>
    public static Interval Of(ReadOnlySpan<double> values, double confidence)
    {
        var n = values.Length;
        if (n < 2) return new(double.NegativeInfinity, double.PositiveInfinity, Kind(confidence));
        return Of(Moments.Mean(values), Moments.Deviation(values) / Math.Sqrt(n), n - 1, confidence);
    }

    public static Interval Of(double mean, double standardError, double freedom, double confidence)
    {
        var half = Quantile(0.5 + confidence / 2, freedom) * standardError;
        return new(mean - half, mean + half, Kind(confidence));
    }

    /// <summary>Quantile of Student's t distribution.</summary>
    public static double Quantile(double p, double freedom) => StudentT.InvCDF(0, 1, freedom, p);

    /// <summary>Probability of a t at least as large.</summary>
    public static double Above(double t, double freedom) => StudentT.CDF(0, 1, freedom, -t);

    static string Kind(double confidence) => FormattableString.Invariant($"{confidence * 100:0.#} % t");
}
