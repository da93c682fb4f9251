namespace GpuLab.Reports.Plots;

/// <summary>The intervals around a line of the same series.</summary>
public sealed record Ribbon(Series Series, IReadOnlyList<(double X, Estimate Y)> Points) : Mark(Series)
{
    public override IEnumerable<XY> Extent => Points.SelectMany(p => new[] { new XY(p.X, p.Y.Low), new XY(p.X, p.Y.High) });

    public override IEnumerable<Datum> Data(Axis x, Axis y) => [];

    internal override void Draw(SvgWriter svg, Frame frame)
    {
        var outline = Points.Select(p => new XY(frame.X[p.X], frame.Y[p.Y.High])).Concat(Points.Reverse().Select(p => new XY(frame.X[p.X], frame.Y[p.Y.Low])));
        if (Points.Count > 1) svg.Add($"<path class='ribbon' d='{PathData.Of(outline)}Z'/>");
    }
}
