namespace GpuLab.Statistics;

/// <summary>
/// The piecewise-constant function nearest to a sequence: the least sum of squares plus a price for each piece, found exactly by dynamic programming.
/// </summary>
static class Steps
{
    /// <summary>First and last index of each piece, in order; together they cover the sequence.</summary>
    /// <param name="price">Of one piece, in squared units of the values.</param>
    public static IReadOnlyList<(int First, int Last)> Fit(ReadOnlySpan<double> values, double price)
    {
        var n = values.Length;
        var (sums, squares) = (new double[n + 1], new double[n + 1]);
        for (var i = 0; i < n; i++) (sums[i + 1], squares[i + 1]) = (sums[i] + values[i], squares[i] + values[i] * values[i]);
        var (best, cut) = (new double[n + 1], new int[n + 1]);
        for (var end = 1; end <= n; end++)
        {
            best[end] = double.PositiveInfinity;
            for (var start = 0; start < end; start++)
            {
                var sum = sums[end] - sums[start];
                var cost = best[start] + squares[end] - squares[start] - sum * sum / (end - start) + price;
                if (cost < best[end]) (best[end], cut[end]) = (cost, start);
            }
        }
        var pieces = new List<(int, int)>();
        for (var end = n; end > 0; end = cut[end]) pieces.Add((cut[end], end - 1));
        pieces.Reverse();
        return pieces;
    }

    /// <summary>The price that asks of a new piece what the Bayesian information criterion does of its two parameters.</summary>
    /// <param name="least">Deviation below which steps are of no interest.</param>
    public static double Price(ReadOnlySpan<double> values, double least)
    {
        if (values.Length < 3) return 0;
        var differences = new double[values.Length - 1];
        for (var i = 0; i < differences.Length; i++) differences[i] = values[i + 1] - values[i];
        var median = Selection.Median(differences);
        var deviation = Math.Max(least, Summary.Normal * Selection.AbsoluteDeviation(differences, median) / Math.Sqrt(2));
        return 2 * deviation * deviation * Math.Log(values.Length);
    }
}
