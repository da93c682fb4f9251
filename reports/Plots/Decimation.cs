namespace GpuLab.Reports.Plots;

/// <summary>Leaves points out that cannot be seen, and none that can.</summary>
static class Decimation
{
    /// <summary>
    /// Of each pixel column the first, the lowest, the highest and the last point, in order: the line covers the same pixels as before.
    /// </summary>
    /// <param name="points">Ascending in x.</param>
    /// <param name="column">Pixel column of an x.</param>
    public static IReadOnlyList<XY> Columns(IReadOnlyList<XY> points, Func<double, int> column)
    {
        var kept = new List<XY>();
        Span<int> chosen = stackalloc int[4];
        for (int first = 0, next; first < points.Count; first = next)
        {
            var (low, high) = (first, first);
            var at = column(points[first].X);
            for (next = first; next < points.Count && column(points[next].X) == at; next++)
            {
                if (points[next].Y < points[low].Y) low = next;
                if (points[next].Y > points[high].Y) high = next;
            }
            (chosen[0], chosen[1], chosen[2], chosen[3]) = (first, Math.Min(low, high), Math.Max(low, high), next - 1);
            for (var i = 0; i < 4; i++)
            {
                if (i == 0 || chosen[i] != chosen[i - 1]) kept.Add(points[chosen[i]]);
            }
        }
        return kept;
    }
}
