using System.Numerics;

namespace GpuLab.Statistics;

/// <summary>
/// Order statistics in linear time, for rules that look at a growing sample many times a second. Reorders its input; NaN is not allowed in it.
/// </summary>
public static class Selection
{
    /// <summary>Below this many values insertion sort wins.</summary>
    const int Few = 24;

    /// <summary>The value that sorting would put at <paramref name="rank"/> (from 0); smaller ones end up before it, larger ones after.</summary>
    public static double Select(Span<double> values, int rank)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rank, values.Length);
        var (low, high) = (0, values.Length - 1);
        // Median-of-three pivots can be defeated; past twice the expected number of rounds sorting what is left keeps it n log n.
        for (var rounds = 2 * BitOperations.Log2((uint)values.Length); high - low >= Few; rounds--)
        {
            if (rounds == 0)
            {
                values[low..(high + 1)].Sort();
                return values[rank];
            }
            var (left, right) = Partition(values, low, high);
            if (rank <= right) high = right;
            else if (rank >= left) low = left;
            else return values[rank];
        }
        InsertionSort(values[low..(high + 1)]);
        return values[rank];
    }

    /// <summary>The median: the mean of the two middle values where their number is even. NaN for none.</summary>
    public static double Median(Span<double> values)
    {
        if (values.IsEmpty) return double.NaN;
        var middle = values.Length / 2;
        var upper = Select(values, middle);
        if (values.Length % 2 == 1) return upper;
        var lower = double.NegativeInfinity;
        foreach (var value in values[..middle]) lower = Math.Max(lower, value);
        return Math.FusedMultiplyAdd(0.5, upper - lower, lower);
    }

    /// <summary>Median absolute deviation from <paramref name="center"/>, unscaled. Overwrites the values.</summary>
    public static double AbsoluteDeviation(Span<double> values, double center)
    {
        foreach (ref var value in values) value = Math.Abs(value - center);
        return Median(values);
    }

    /// <summary>Hoare's partition round a median of three: [low, right] ≤ pivot ≤ [left, high]. Equal values are spread over both sides.</summary>
    static (int Left, int Right) Partition(Span<double> values, int low, int high)
    {
        var (a, b, c) = (values[low], values[low + (high - low) / 2], values[high]);
        var pivot = Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
        var (left, right) = (low, high);
        while (left <= right)
        {
            while (values[left] < pivot) left++;
            while (values[right] > pivot) right--;
            if (left > right) break;
            (values[left], values[right]) = (values[right], values[left]);
            left++;
            right--;
        }
        return (left, right);
    }

    static void InsertionSort(Span<double> values)
    {
        for (var i = 1; i < values.Length; i++)
        {
            var value = values[i];
            var j = i - 1;
            for (; j >= 0 && values[j] > value; j--) values[j + 1] = values[j];
            values[j + 1] = value;
        }
    }
}
