namespace GpuLab.Reports.Plots;

/// <summary>One point of <see cref="Dots"/>.</summary>
/// <param name="Interval">Along <see cref="Dots.Along"/>; default for none.</param>
/// <param name="Label">Text beside the point, or empty.</param>
/// <param name="Look">Colour, marker and what is highlighted with it in other plots, usually a slice; null for the mark's series.</param>
public readonly record struct Dot(XY At, Estimate Interval = default, string Label = "", Series? Look = null);

/// <summary>The axis along which intervals lie.</summary>
public enum Along { X, Y }

/// <summary>Points, with intervals and labels where they are given.</summary>
public sealed record Dots(Series Series, Along Along, IReadOnlyList<Dot> Points) : Mark(Series)
{
    /// <summary>Outlined rather than filled.</summary>
    public bool Open { get; init; }

    /// <summary>Pixels by which all points are moved across the axis of the intervals, so that series in one band do not cover each other.</summary>
    public double Shift { get; init; }

    public override IEnumerable<XY> Extent => Points.SelectMany(p => !p.Interval.HasInterval ? new[] { p.At }
        : Along == Along.X ? [p.At, p.At with { X = p.Interval.Low }, p.At with { X = p.Interval.High }]
        : [p.At, p.At with { Y = p.Interval.Low }, p.At with { Y = p.Interval.High }]);

    public override IEnumerable<Datum> Data(Axis x, Axis y) => Points.Select(p =>
        new Datum(Series.Name, x.Text(p.At.X), y.Text(p.At.Y), p.Interval.Range(Along == Along.X ? x : y), Along == Along.X ? p.At.X : p.At.Y));

    internal override void Draw(SvgWriter svg, Frame frame)
    {
        foreach (var p in Points.Where(p => double.IsFinite(p.At.X) && double.IsFinite(p.At.Y)))
        {
            var at = Pixel(p, frame);
            var value = Along == Along.X ? frame.X.Axis.Text(p.At.X) : frame.Y.Axis.Text(p.At.Y);
            var place = Along == Along.X ? frame.Y.Axis.Text(p.At.Y) : frame.X.Axis.Text(p.At.X);
            var range = p.Interval.HasInterval ? $" ({p.Interval.Range(Along == Along.X ? frame.X.Axis : frame.Y.Axis)})" : "";
            var look = p.Look ?? Series;
            svg.Add($"<g class='hit {(p.Look is null ? "" : look.Classes)}' data-v='{SvgWriter.Exact(Along == Along.X ? p.At.X : p.At.Y)}'");
            if (p.Look is not null) svg.Add($" data-key='{look.Name}'");
            svg.Add($"><title>{(p.Label.Length > 0 ? p.Label : place)}, {Series.Name}: {value}{range}</title>");
            if (p.Interval.HasInterval)
            {
                var (a, b) = Along == Along.X ? (new XY(frame.X[p.Interval.Low], at.Y), new XY(frame.X[p.Interval.High], at.Y)) : (new(at.X, frame.Y[p.Interval.Low]), new XY(at.X, frame.Y[p.Interval.High]));
                svg.Add($"<path class='interval' d='M{a.X} {a.Y}L{b.X} {b.Y}'/>");
            }
            svg.Add($"<path class='marker{(Open ? " open" : "")}' transform='translate({at.X} {at.Y})' d='{look.Marker(4.4)}'/></g>");
        }
    }

    internal override IEnumerable<Note> Notes(Frame frame) => Points.Where(p => p.Label.Length > 0).Select(p => new Note(p.Label, Pixel(p, frame), 8));

    internal override IEnumerable<XY> Ink(Frame frame) => Points.Select(p => Pixel(p, frame));

    XY Pixel(Dot p, Frame frame) => Along == Along.X ? new(frame.X[p.At.X], frame.Y[p.At.Y] + Shift) : new(frame.X[p.At.X] + Shift, frame.Y[p.At.Y]);
}
