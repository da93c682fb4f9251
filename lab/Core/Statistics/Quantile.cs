using MathNet.Numerics;

namespace GpuLab.Statistics;

/// <summary>Two estimates of a quantile from sorted values.</summary>
public static class Quantile
{
    /// <summary>From here on the beta weights are integrated by Simpson's rule, whose error is then below 1e-6.</summary>
    const int Many = 100;

    /// <summary>Type 7 of Hyndman and Fan (1996): linear between the values at positions (n − 1)·p. What R, NumPy and spreadsheets do. NaN for none.</summary>
    /// <param name="sorted">Ascending.</param>
    public static double Type7(ReadOnlySpan<double> sorted, double p)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(p is >= 0 and <= 1, true);
        if (sorted.IsEmpty) return double.NaN;
        var position = (sorted.Length - 1) * p;
        var below = (int)position;
        var part = position - below;
        return part == 0 ? sorted[below] : sorted[below] + part * (sorted[below + 1] - sorted[below]);
    }

    /// <summary>
    /// Harrell and Davis (1982): all values weighted by how likely each is to be the quantile, a Beta((n+1)p, (n+1)(1−p)) over their ranks.
    /// Smoother than a single order statistic; less robust.
    /// </summary>
    /// <param name="sorted">Ascending.</param>
    /// <param name="p">Inside (0, 1).</param>
    public static double HarrellDavis(ReadOnlySpan<double> sorted, double p)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(p is > 0 and < 1, true);
        if (sorted.IsEmpty) return double.NaN;
        var n = sorted.Length;
        var (a, b) = ((n + 1) * p, (n + 1) * (1 - p));
        if (n < Many) return Exact(sorted, a, b);

        // Eight standard deviations hold all but 1e-15 of the weight.
        var reach = 8 * Math.Sqrt(p * (1 - p) / (n + 2));
        var (first, last) = (Math.Max(0, (int)((p - reach) * n)), Math.Min(n - 1, (int)Math.Ceiling((p + reach) * n)));
        var (logScale, sum, total) = (LogDensity(p, a, b), 0.0, 0.0);
        for (var i = first; i <= last; i++)
        {
            var weight = Density((double)i / n) + 4 * Density((i + 0.5) / n) + Density((i + 1.0) / n);
            sum += weight * sorted[i];
            total += weight;
        }
        return sum / total;

        double Density(double x) => x is <= 0 or >= 1 ? 0 : Math.Exp(LogDensity(x, a, b) - logScale);
    }

    static double Exact(ReadOnlySpan<double> sorted, double a, double b)
    {
        var (sum, before) = (0.0, 0.0);
        for (var i = 0; i < sorted.Length; i++)
        {
            var upTo = i == sorted.Length - 1 ? 1 : SpecialFunctions.BetaRegularized(a, b, (i + 1.0) / sorted.Length);
            sum += (upTo - before) * sorted[i];
            before = upTo;
        }
        return sum;
    }

    static double LogDensity(double x, double a, double b) => (a - 1) * Math.Log(x) + (b - 1) * Math.Log(1 - x);
}
