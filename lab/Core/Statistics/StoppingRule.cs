using GpuLab.Model;
using GpuLab.Sweeps;

namespace GpuLab.Statistics;

/// <summary>
/// When one repeat of one slice has enough samples (MEASUREMENT 2.7), on plain numbers. One instance a repeat, slice and phase:
/// it remembers how noisy the samples were at earlier looks.
/// </summary>
/// <remarks>
/// A repeat ends when it has the least number of samples and of timed seconds, the median's 95 % interval is narrow enough, and the
/// last third does not differ from the first; or when its noise has been steady above that for long (<see cref="StopFlag.Noisy"/>);
/// or when its time is up (<see cref="StopFlag.Timeout"/>). A look costs a few selections over the values (about 1 ms for 65 000),
/// and none at all until there are enough new ones.
/// </remarks>
/// <param name="stopping">From the sweep.</param>
/// <param name="precision">The probe's own, used where the sweep sets none.</param>
/// <param name="slow">Given for a probe whose every sample takes long: so many are enough, whatever their interval, and time does not end a repeat.</param>
public sealed class StoppingRule(Stopping stopping, double precision, SlowSamples? slow = null)
{
    /// <summary>How many estimates of the noise must agree, and how well: nvbench's rule for noise that will not go down.</summary>
    const int Estimates = 64;
    const double Agreement = 0.05;

    /// <summary>Of a long sequence only looks with 1 ÷ this share of new values are worth their time.</summary>
    const int Growth = 128;

    readonly double precision = stopping.Precision ?? precision;
    readonly Queue<double> noise = new(Estimates);
    double[] finite = [], scratch = [];
    double halfWidth = double.NaN;
    int seen;

    /// <summary>Looks at all samples taken so far. Values that are not finite are passed over; they are a finding elsewhere.</summary>
    /// <param name="values">Of one metric, in the order in which they were taken; each look sees the values of the one before it and those that came after.</param>
    /// <param name="timedSeconds">Sum of the timed regions.</param>
    /// <param name="wallSeconds">Since the repeat began.</param>
    public Decision Look(ReadOnlySpan<double> values, double timedSeconds, double wallSeconds)
    {
        if (slow is { } few) return Counted(values, stopping.SlowCount(few));
        var enough = values.Length >= Math.Max(stopping.MinSamples, 1) && timedSeconds >= stopping.MinTime;
        var fresh = values.Length - seen;
        if (enough && fresh > 0 && (fresh >= values.Length / Growth || wallSeconds >= stopping.MaxTime))
        {
            seen = values.Length;
            if (Settled(values)) return new(true, StopFlag.None, halfWidth);
            if (noise.Count == Estimates && Steady()) return new(true, StopFlag.Noisy, halfWidth);
        }
        return wallSeconds >= stopping.MaxTime ? new(true, StopFlag.Timeout, halfWidth) : new(false, StopFlag.None, halfWidth);
    }

    Decision Counted(ReadOnlySpan<double> values, int needed)
    {
        if (values.Length < needed) return new(false, StopFlag.None, double.NaN);
        _ = Settled(values);
        return new(true, StopFlag.None, halfWidth);
    }

    /// <summary>Whether the interval is narrow and nothing drifts; notes the noise on the way.</summary>
    bool Settled(ReadOnlySpan<double> values)
    {
        if (scratch.Length < values.Length) (finite, scratch) = (new double[values.Length * 2], new double[values.Length * 2]);
        var count = 0;
        foreach (var value in values)
        {
            if (double.IsFinite(value)) finite[count++] = value;
        }
        var sequence = finite.AsSpan(0, count);
        var work = scratch.AsSpan(0, count);
        sequence.CopyTo(work);
        var median = Selection.Median(work);
        if (count < OrderStatistics.Least)
        {
            Note(double.NaN);
            return false;
        }

        var (low, high) = OrderStatistics.Ranks(count);
        var width = Selection.Select(work, high) - Selection.Select(work[..(high + 1)], low);
        halfWidth = width == 0 ? 0 : width / 2 / Math.Abs(median);
        if (halfWidth <= precision && Math.Abs(Drift.Relative(sequence, median, work)) <= precision) return true;

        sequence.CopyTo(work);
        var deviation = Selection.AbsoluteDeviation(work, median);
        Note(deviation == 0 ? 0 : deviation / Math.Abs(median));
        return false;
    }

    void Note(double estimate)
    {
        if (noise.Count == Estimates) noise.Dequeue();
        noise.Enqueue(estimate);
    }

    /// <summary>Whether the last estimates vary by less than 5 %; also when not one of them is a number, which more samples will not cure.</summary>
    bool Steady()
    {
        var (sum, squares) = (0.0, 0.0);
        foreach (var estimate in noise) sum += estimate;
        var mean = sum / Estimates;
        if (!double.IsFinite(mean)) return noise.All(e => !double.IsFinite(e));
        foreach (var estimate in noise) squares += (estimate - mean) * (estimate - mean);
        return Math.Sqrt(squares / (Estimates - 1)) <= Agreement * mean;
    }
}
