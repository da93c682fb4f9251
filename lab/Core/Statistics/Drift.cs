namespace GpuLab.Statistics;

/// <summary>How far a sequence moved while it was taken.</summary>
public static class Drift
{
    /// <summary>
    /// Median of the last third less median of the first third, over the median of all; NaN for fewer than three values.
    /// </summary>
    /// <param name="values">Finite, in the order in which they were taken.</param>
    /// <param name="median">Of all of them.</param>
    /// <param name="scratch">At least a third as long; overwritten.</param>
    public static double Relative(ReadOnlySpan<double> values, double median, Span<double> scratch)
    {
        var third = values.Length / 3;
        if (third == 0) return double.NaN;
        var part = scratch[..third];
        values[..third].CopyTo(part);
        var first = Selection.Median(part);
        values[^third..].CopyTo(part);
        var moved = Selection.Median(part) - first;
        return moved == 0 ? 0 : moved / Math.Abs(median);
    }

    /// <inheritdoc cref="Relative(ReadOnlySpan{double}, double, Span{double})"/>
    public static double Relative(ReadOnlySpan<double> values)
    {
        var scratch = values.ToArray();
        var median = Selection.Median(scratch);
        return Relative(values, median, scratch);
    }
}
