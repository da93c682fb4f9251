using GpuLab.Model;

namespace GpuLab.Statistics;

/// <summary>
/// How much better one thing is than another, with the repeat as the unit of evidence: a t estimate over log ratios of repeats' medians (MEASUREMENT 2.9).
/// </summary>
/// <param name="Repeats">Pairs, or the smaller number where repeats are not paired.</param>
/// <param name="Log">Natural logarithm of the ratio; above 0 the second is better.</param>
/// <param name="StandardError">Of <paramref name="Log"/>.</param>
/// <param name="Freedom">Degrees of freedom.</param>
public sealed record LogRatio(int Repeats, double Log, double StandardError, double Freedom)
{
    /// <summary>Fewer repeats than this get no verdict.</summary>
    public const int LeastRepeats = 6;

    /// <summary>More than anybody waits for.</summary>
    const int MostRepeats = 2000;

    /// <summary>Level of the test and power at which <see cref="SmallestEffect"/> is told.</summary>
    const double Level = 0.05, Power = 0.8;

    /// <summary>Geometric mean of the ratios: above 1 the second is better.</summary>
    public double Ratio => Math.Exp(Log);

    public Interval Interval(double confidence)
    {
        if (!(Freedom > 0)) return new(0, double.PositiveInfinity, "none");
        var log = StudentInterval.Of(Log, StandardError, Freedom, confidence);
        return new(Math.Exp(log.Low), Math.Exp(log.High), log.Kind);
    }

    /// <summary>The smallest relative change that this many repeats of this noise would show with a probability of 80 %; NaN where there are too few.</summary>
    public double SmallestEffect => Freedom > 0
        ? Math.Exp((StudentInterval.Quantile(1 - Level / 2, Freedom) + StudentInterval.Quantile(Power, Freedom)) * StandardError) - 1
        : double.NaN;

    /// <summary>
    /// About how many repeats of the same noise would put all of the 95 % interval inside or outside 1 ± <paramref name="margin"/>, if the ratio is what it seems to be;
    /// null where it lies too near the margin for any number that one would wait for, or nothing is known of the noise.
    /// </summary>
    public int? RepeatsToDecide(double margin)
    {
        if (!(Freedom > 0) || !double.IsFinite(StandardError)) return null;
        var distance = Math.Min(Math.Abs(Log - Math.Log(1 - margin)), Math.Abs(Log - Math.Log(1 + margin)));
        var deviation = StandardError * Math.Sqrt(Repeats);
        for (var n = LeastRepeats; n <= MostRepeats; n += Math.Max(1, n / 16))
        {
            if (StudentInterval.Quantile(1 - Level / 2, n - 1) * deviation / Math.Sqrt(n) < distance) return n;
        }
        return null;
    }

    /// <summary>Two-sided p value against a ratio inside 1 ± <paramref name="margin"/>: small where it differs by more.</summary>
    public double DiffersP(double margin) => Freedom > 0 ? Math.Min(1, 2 * Tail(Log > 0 ? Log - Math.Log(1 + margin) : Math.Log(1 - margin) - Log)) : 1;

    /// <summary>The larger p value of two one-sided tests (TOST; Schuirmann 1987): small where the ratio is inside 1 ± <paramref name="margin"/>.</summary>
    public double EquivalentP(double margin) => Freedom > 0 ? Math.Max(Tail(Math.Log(1 + margin) - Log), Tail(Log - Math.Log(1 - margin))) : 1;

    /// <summary>Of repeats that belong together, such as alone and together in one trial.</summary>
    /// <param name="first">Medians by repeat, positive.</param>
    /// <param name="second">Of the same repeats in the same order.</param>
    public static LogRatio Paired(IReadOnlyList<double> first, IReadOnlyList<double> second, Better better)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(second.Count, first.Count);
        var logs = first.Zip(second, (a, b) => Signed(Math.Log(b / a), better)).ToArray();
        return logs.Length == 0 ? new(0, double.NaN, double.NaN, 0) : new(logs.Length, Moments.Mean(logs), Moments.Deviation(logs) / Math.Sqrt(logs.Length), logs.Length - 1);
    }

    /// <summary>Of repeats of two runs that have nothing to do with each other, with unequal variances (Welch).</summary>
    public static LogRatio Unpaired(IReadOnlyList<double> first, IReadOnlyList<double> second, Better better)
    {
        var repeats = Math.Min(first.Count, second.Count);
        if (repeats == 0) return new(0, double.NaN, double.NaN, 0);
        var (a, b) = (first.Select(m => Math.Log(m)).ToArray(), second.Select(m => Math.Log(m)).ToArray());
        var log = Signed(Moments.Mean(b) - Moments.Mean(a), better);
        if (repeats == 1) return new(1, log, double.NaN, 0);
        var (va, vb) = (Math.Pow(Moments.Deviation(a), 2) / a.Length, Math.Pow(Moments.Deviation(b), 2) / b.Length);
        var freedom = va + vb == 0 ? a.Length + b.Length - 2 : (va + vb) * (va + vb) / (va * va / (a.Length - 1) + vb * vb / (b.Length - 1));
        return new(repeats, log, Math.Sqrt(va + vb), freedom);
    }

    static double Signed(double log, Better better) => better == Better.Higher ? log : -log;

    /// <summary>Probability of a difference at least this large by chance.</summary>
    double Tail(double difference) => StandardError == 0 ? difference > 0 ? 0 : 1 : StudentInterval.Above(difference / StandardError, Freedom);
}
