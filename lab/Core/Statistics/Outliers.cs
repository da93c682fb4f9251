namespace GpuLab.Statistics;

/// <summary>Values far from the middle half, by Tukey's fences. They are counted, never removed.</summary>
/// <param name="LowSevere">More than three interquartile ranges below the first quartile.</param>
/// <param name="LowMild">More than one and a half, at most three.</param>
public readonly record struct Outliers(int LowSevere, int LowMild, int HighMild, int HighSevere)
{
    public int Mild => LowMild + HighMild;

    public int Severe => LowSevere + HighSevere;

    /// <param name="sorted">Ascending.</param>
    public static Outliers Of(ReadOnlySpan<double> sorted)
    {
        if (sorted.IsEmpty) return default;
        var (q1, q3) = (Quantile.Type7(sorted, 0.25), Quantile.Type7(sorted, 0.75));
        var range = q3 - q1;
        var lowSevere = Below(sorted, q1 - 3 * range);
        var low = Below(sorted, q1 - 1.5 * range);
        var high = sorted.Length - NotAbove(sorted, q3 + 1.5 * range);
        var highSevere = sorted.Length - NotAbove(sorted, q3 + 3 * range);
        return new(lowSevere, low - lowSevere, high - highSevere, highSevere);
    }

    static int Below(ReadOnlySpan<double> sorted, double limit)
    {
        var count = 0;
        while (count < sorted.Length && sorted[count] < limit) count++;
        return count;
    }

    static int NotAbove(ReadOnlySpan<double> sorted, double limit)
    {
        var count = sorted.Length;
        while (count > 0 && sorted[count - 1] > limit) count--;
        return count;
    }
}
