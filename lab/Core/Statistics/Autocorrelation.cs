namespace GpuLab.Statistics;

/// <summary>How much a sample says about the next one.</summary>
public static class Autocorrelation
{
    /// <summary>Above this, samples are resampled in blocks.</summary>
    public const double Notable = 0.2;

    /// <summary>Lag-1 autocorrelation in the order in which the values were taken; 0 where they do not vary.</summary>
    public static double Lag1(ReadOnlySpan<double> values)
    {
        if (values.Length < 3) return 0;
        var mean = 0.0;
        foreach (var value in values) mean += value;
        mean /= values.Length;
        var (product, square) = (0.0, 0.0);
        var before = 0.0;
        foreach (var value in values)
        {
            var from = value - mean;
            product += from * before;
            square += from * from;
            before = from;
        }
        return square == 0 ? 0 : product / square;
    }

    /// <summary>Length of the blocks in which to resample: 1 where samples are as good as independent (MEASUREMENT 2.8).</summary>
    public static int BlockLength(int count, double lag1)
    {
        if (lag1 <= Notable) return 1;
        var length = Math.Max(Math.Ceiling(Math.Cbrt(count)), Math.Round(2 / Math.Max(1 - lag1, 1e-9)));
        return (int)Math.Clamp(length, 1, Math.Max(1, count / 2));
    }
}
