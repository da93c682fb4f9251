namespace GpuLab.Reports.Plots;

/// <summary>One bar in each band of the x axis; several series stand side by side, or on top of each other where they have a base.</summary>
public sealed record Bars(Series Series, IReadOnlyList<Estimate> Values) : Mark(Series)
{
    /// <summary>Where each bar starts; null for bars that stand on zero, side by side.</summary>
    public IReadOnlyList<double>? Base { get; init; }

    public override IEnumerable<XY> Extent => Values.SelectMany((v, i) => new[] { new XY(i, 0), new XY(i, Math.Max(v.High, v.Value) + Offset(i)) });

    public override IEnumerable<Datum> Data(Axis x, Axis y) => Values.Select((v, i) => new Datum(Series.Name, x.Text(i), y.Text(v.Value), v.Range(y), v.Value));

    double Offset(int i) => Base?[i] ?? 0;

    internal override void Draw(SvgWriter svg, Frame frame)
    {
        var (slot, slots) = Base is null ? (frame.Slot, frame.Slots) : (0, 1);
        var width = Math.Min(46, frame.X.Step * 0.78 / slots);
        for (var i = 0; i < Values.Count; i++)
        {
            var v = Values[i];
            if (!double.IsFinite(v.Value)) continue;
            double centre = frame.X[i] + ((slot - ((slots - 1) / 2.0)) * width), top = frame.Y[v.Value + Offset(i)], bottom = frame.Y[Offset(i)];
            var range = v.HasInterval ? $" ({v.Range(frame.Y.Axis)})" : "";
            svg.Add($"<g class='hit' data-v='{SvgWriter.Exact(v.Value)}'><title>{frame.X.Axis.Text(i)}, {Series.Name}: {frame.Y.Axis.Text(v.Value)}{range}</title>");
            svg.Add($"<rect class='bar' x='{centre - (width / 2) + 1}' y='{Math.Min(top, bottom)}' width='{Math.Max(1, width - 2)}' height='{Math.Max(0.5, Math.Abs(bottom - top))}'/>");
            if (v.HasInterval)
            {
                var (low, high) = (frame.Y[v.Low + Offset(i)], frame.Y[v.High + Offset(i)]);
                svg.Add($"<path class='error' d='M{centre} {low}L{centre} {high}M{centre - 4} {high}L{centre + 4} {high}M{centre - 4} {low}L{centre + 4} {low}'/>");
            }
            svg.Add($"</g>");
        }
    }
}
