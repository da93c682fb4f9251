namespace GpuLab.Statistics;

/// <summary>
/// One-number summaries of slices that work together, from each slice's performance beside the others over its performance alone (MEASUREMENT 5).
/// Not from raw rates, because slices differ in size.
/// </summary>
public static class LayoutIndices
{
    /// <summary>Jain's fairness: 1 where all lose equally, 1 ÷ n where one has everything.</summary>
    public static double Jain(ReadOnlySpan<double> ratios)
    {
        var (sum, squares) = (0.0, 0.0);
        foreach (var ratio in ratios)
        {
            sum += ratio;
            squares += ratio * ratio;
        }
        return sum * sum / (ratios.Length * squares);
    }

    /// <summary>System throughput (STP): how many whole slices' worth of work is done; n where nothing is lost.</summary>
    public static double Throughput(ReadOnlySpan<double> ratios) => Moments.Mean(ratios) * ratios.Length;

    /// <summary>Average normalised turnaround time (ANTT): the mean slowdown; 1 where nothing is lost.</summary>
    public static double Turnaround(ReadOnlySpan<double> ratios)
    {
        var sum = 0.0;
        foreach (var ratio in ratios) sum += 1 / ratio;
        return sum / ratios.Length;
    }

    /// <summary>Worst over best.</summary>
    public static double Evenness(ReadOnlySpan<double> ratios)
    {
        var (min, max) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var ratio in ratios) (min, max) = (Math.Min(min, ratio), Math.Max(max, ratio));
        return min / max;
    }

    /// <summary>Geometric mean of the worst ratio of each victim probe, with weights.</summary>
    /// <param name="worst">By victim probe: the least ratio over all aggressors, and its weight.</param>
    public static double Isolation(IEnumerable<(double Worst, double Weight)> worst)
    {
        var (sum, weights) = (0.0, 0.0);
        foreach (var (ratio, weight) in worst)
        {
            sum += weight * Math.Log(ratio);
            weights += weight;
        }
        return Math.Exp(sum / weights);
    }
}
