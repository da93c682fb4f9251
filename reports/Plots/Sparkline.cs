namespace GpuLab.Reports.Plots;

/// <summary>A line without axes, one word high, for tables: what a figure did over time.</summary>
public static class Sparkline
{
    const double Width = 120, Height = 26, Edge = 4;

    /// <param name="points">In order; NaN where a run has no such figure.</param>
    /// <param name="tip">What it says to who cannot see it.</param>
    public static string Svg(IReadOnlyList<double> points, string tip)
    {
        var finite = points.Select((v, i) => (V: v, I: i)).Where(p => double.IsFinite(p.V)).ToList();
        var svg = new SvgWriter();
        svg.Add($"<svg xmlns='http://www.w3.org/2000/svg' class='plot spark' role='img' viewBox='0 0 {Width} {Height}' width='{Width}' height='{Height}'><title>{tip}</title><g class='c0'>");
        if (finite.Count > 0)
        {
            var (low, high) = (finite.Min(p => p.V), finite.Max(p => p.V));
            // Noise of a percent must not look like a cliff.
            var span = Math.Max(high - low, 0.04 * Math.Max(Math.Abs(high), Math.Abs(low)));
            var middle = (high + low) / 2;
            XY At((double V, int I) p) => new(points.Count == 1 ? Width / 2 : Edge + (p.I * (Width - (2 * Edge)) / (points.Count - 1)), span == 0 ? Height / 2 : (Height / 2) - ((p.V - middle) / span * (Height - (2 * Edge))));
            svg.Add($"<path class='line thin' d='{PathData.Of(finite.Select(At))}'/><path class='marker' transform='translate({At(finite[^1]).X} {At(finite[^1]).Y})' d='{new Series(0, "").Marker(2.4)}'/>");
        }
        svg.Add($"</g></svg>");
        return svg.ToString();
    }
}
