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
    /// <remarks>
    /// Newton's method from Fisher and Cornish's expansion (1960): comparisons ask for tens of thousands. The distribution is
    /// concave right of its middle, so that a step from the left never passes the root.
    /// </remarks>
    public static double Quantile(double p, double freedom)
    {
        if (p < 0.5) return -Quantile(1 - p, freedom);
        var z = Normal.InvCDF(0, 1, p);
        var t = z + (((z * z) + 1) * z / (4 * freedom)) + (((((5 * z * z) + 16) * z * z) + 3) * z / (96 * freedom * freedom));
        for (var i = 0; i < 50 && double.IsFinite(t); i++)
        {
            var next = t + ((p - StudentT.CDF(0, 1, freedom, t)) / StudentT.PDF(0, 1, freedom, t));
            if (next < 0) next = t / 2;
            if (Math.Abs(next - t) <= 1e-9 * Math.Abs(next)) return next;
            t = next;
        }
        return StudentT.InvCDF(0, 1, freedom, p);
    }

    /// <summary>Probability of a t at least as large.</summary>
    public static double Above(double t, double freedom) => StudentT.CDF(0, 1, freedom, -t);

    static string Kind(double confidence) => FormattableString.Invariant($"{confidence * 100:0.#} % t");
}
