namespace GpuLab.Reports.Plots;

/// <summary>A line through points that ascend in x; with markers while there are few.</summary>
public sealed record Line(Series Series, IReadOnlyList<XY> Points) : Mark(Series)
{
    const int MostMarkers = 60;

    /// <summary>What a formula says between points: without markers, and no part of the table.</summary>
    public bool Formula { get; init; }

    public override IEnumerable<XY> Extent => Points;

    internal override XY? End => Points.Count > 0 ? Points[^1] : null;

    public override IEnumerable<Datum> Data(Axis x, Axis y) => Formula ? [] : Points.Select(p => new Datum(Series.Name, x.Text(p.X), y.Text(p.Y), "", p.Y));

    internal override void Draw(SvgWriter svg, Frame frame)
    {
        var (x, y) = (frame.X, frame.Y);
        var shown = Points.Count > 4 * x.Track.Length ? Decimation.Columns(Points, v => (int)Math.Floor(x[v])) : Points;
        var marked = Points.Count is > 0 and <= MostMarkers && !Formula;
        var marker = $"{frame.Id}m{Series.Index}";
        if (marked)
        {
            svg.Add($"<marker id='{marker}' class='{Series.Classes}' viewBox='-8 -8 16 16' markerWidth='16' markerHeight='16' markerUnits='userSpaceOnUse'><path class='marker' d='{Series.Marker(3.2)}'/></marker>");
        }
        svg.Add($"<path class='line{(Points.Count > 150 ? " thin" : "")}' d='{PathData.Of(Pixels(shown, frame))}'");
        if (frame.Values) svg.Add($" data-x='{PathData.Numbers(shown.Select(p => p.X))}' data-v='{PathData.Numbers(shown.Select(p => p.Y))}'");
        if (marked) svg.Add($" marker-start='url(#{marker})' marker-mid='url(#{marker})' marker-end='url(#{marker})'");
        svg.Add($"/>");
    }

    internal override IEnumerable<XY> Ink(Frame frame)
    {
        var all = Pixels(Points.Count > 600 ? [] : Points, frame).ToList();
        for (var i = 1; i < all.Count; i++)
        {
            var steps = Math.Max(1, (int)(Math.Max(Math.Abs(all[i].X - all[i - 1].X), Math.Abs(all[i].Y - all[i - 1].Y)) / 5));
            for (var s = 0; s < steps; s++) yield return new(all[i - 1].X + ((all[i].X - all[i - 1].X) * s / steps), all[i - 1].Y + ((all[i].Y - all[i - 1].Y) * s / steps));
        }
    }

    static IEnumerable<XY> Pixels(IEnumerable<XY> points, Frame frame) =>
        points.Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y)).Select(p => new XY(frame.X[p.X], frame.Y[p.Y]));
}
