namespace GpuLab.Statistics;

/// <summary>Mean and standard deviation, in two passes: the squares of times in seconds lose everything in one.</summary>
public static class Moments
{
    public static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += value;
        return sum / values.Length;
    }

    /// <summary>Sample standard deviation (n − 1); 0 for a single value.</summary>
    public static double Deviation(ReadOnlySpan<double> values)
    {
        if (values.Length == 1) return 0;
        var mean = Mean(values);
        var squares = 0.0;
        foreach (var value in values) squares += (value - mean) * (value - mean);
        return Math.Sqrt(squares / (values.Length - 1));
    }
}
