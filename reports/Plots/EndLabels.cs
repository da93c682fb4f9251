namespace GpuLab.Reports.Plots;

/// <summary>Names at the ends of lines, pushed apart until none covers another.</summary>
static class EndLabels
{
    const double Row = 15;

    public static void Write(SvgWriter svg, IEnumerable<Mark> marks, Scale x, Scale y, Box box, double width)
    {
        var labels = marks.Where(m => m.InLegend && m.End is not null && m.Series.Index >= 0).GroupBy(m => m.Series.Name)
            .Select(g => (g.First().Series, At: new XY(x[g.First().End!.Value.X], y[g.First().End!.Value.Y]))).OrderBy(l => l.At.Y).ToList();
        var places = Apart([.. labels.Select(l => l.At.Y)], Row, box.Top, box.Bottom);
        foreach (var (i, (series, at)) in labels.Index())
        {
            var text = TextWidth.Clip(series.Name, width - box.Right - 14);
            svg.Add($"<g class='key end {series.Classes}' data-key='{series.Name}'><title>{series.Name}</title>");
            if (Math.Abs(places[i] - at.Y) > 4) svg.Add($"<path class='leader' d='M{at.X + 4} {at.Y}L{box.Right + 10} {places[i]}'/>");
            svg.Add($"<text x='{box.Right + 12}' y='{places[i] + 4}'>{text}</text></g>");
        }
    }

    /// <summary>
    /// Moves ascending positions until neighbours are <paramref name="gap"/> apart, by least squares (pool adjacent violators), inside the range if there is room.
    /// </summary>
    public static IReadOnlyList<double> Apart(IReadOnlyList<double> wanted, double gap, double low, double high)
    {
        var pools = new List<(double Sum, int Count)>();
        for (var i = 0; i < wanted.Count; i++)
        {
            pools.Add((wanted[i] - (i * gap), 1));
            while (pools.Count > 1 && pools[^2].Sum / pools[^2].Count > pools[^1].Sum / pools[^1].Count)
            {
                pools[^2] = (pools[^2].Sum + pools[^1].Sum, pools[^2].Count + pools[^1].Count);
                pools.RemoveAt(pools.Count - 1);
            }
        }
        var most = Math.Max(low, high - ((wanted.Count - 1) * gap));
        var placed = new List<double>();
        foreach (var (sum, count) in pools)
        {
            for (var i = 0; i < count; i++) placed.Add(Math.Clamp(sum / count, low, most) + (placed.Count * gap));
        }
        return placed;
    }
}
