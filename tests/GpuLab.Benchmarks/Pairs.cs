using System.Globalization;
using GpuLab.Model;

namespace GpuLab.Benchmarks;

/// <summary>Two sides timed in turn, the order alternating, so that what a machine does beside hits both alike.</summary>
static class Pairs
{
    /// <summary>Medians of both sides, and of the ratio ours ÷ peer with the order statistics that hold it with 95 %.</summary>
    /// <param name="unit">Of what the sides return.</param>
    /// <returns>A line of a table.</returns>
    public static string Compare(string unit, int pairs, Func<double> ours, Func<double> peer)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pairs, 5);
        var (us, them, ratios) = (new double[pairs], new double[pairs], new double[pairs]);
        for (var i = 0; i < pairs; i++)
        {
            if (i % 2 == 0) (us[i], them[i]) = (ours(), peer());
            else (them[i], us[i]) = (peer(), ours());
            ratios[i] = us[i] / them[i];
        }
        foreach (var values in (double[][])[us, them, ratios]) Array.Sort(values);
        var low = Math.Max(0, (int)Math.Floor((pairs - 1.96 * Math.Sqrt(pairs)) / 2) - 1);
        var high = Math.Min(pairs - 1, (int)Math.Ceiling(1 + (pairs + 1.96 * Math.Sqrt(pairs)) / 2) - 1);
        return string.Create(CultureInfo.InvariantCulture, $"{Pretty.Value(us[pairs / 2], unit),14}{Pretty.Value(them[pairs / 2], unit),14}  {ratios[pairs / 2]:0.000}   {ratios[low]:0.000} to {ratios[high]:0.000}");
    }
}
