namespace GpuLab.Reports.Plots;

/// <summary>A stretch of time in a row.</summary>
/// <param name="Look">Colour, and what is highlighted with it; null for the mark's series.</param>
public readonly record struct Strip(double From, double To, int Row, Series? Look = null);

/// <summary>Stretches of time in rows, one kind of work a series.</summary>
public sealed record Strips(Series Series, IReadOnlyList<Strip> Items) : Mark(Series)
{
    public bool Pale { get; init; }

    public override IEnumerable<XY> Extent => Items.SelectMany(s => new[] { new XY(s.From, s.Row), new XY(s.To, s.Row) });

    public override IEnumerable<Datum> Data(Axis x, Axis y) =>
        Items.GroupBy(s => s.Row).Select(g => new Datum(Series.Name, y.Text(g.Key), $"{x.Text(g.Min(s => s.From))} … {x.Text(g.Max(s => s.To))}", $"busy {x.Text(g.Sum(s => s.To - s.From))}", g.Sum(s => s.To - s.From)));

    /// <summary>Joins stretches of one row that are closer than <paramref name="gap"/>: what lies between cannot be seen.</summary>
    public static IReadOnlyList<Strip> Joined(IEnumerable<Strip> strips, double gap)
    {
        var joined = new List<Strip>();
        foreach (var s in strips.OrderBy(s => s.Row).ThenBy(s => s.From))
        {
            if (joined.Count > 0 && joined[^1] is var last && last.Row == s.Row && s.From - last.To <= gap) joined[^1] = last with { To = Math.Max(last.To, s.To) };
            else joined.Add(s);
        }
        return joined;
    }

    internal override void Draw(SvgWriter svg, Frame frame)
    {
        var half = Math.Min(11, (frame.Y.Step / 2) - 3);
        foreach (var row in Items.GroupBy(s => s.Row))
        {
            var (from, to) = (row.Min(s => s.From), row.Max(s => s.To));
            var look = row.First().Look;
            svg.Add($"<g class='hit {look?.Classes}' data-key='{(look ?? Series).Name}' data-v='{SvgWriter.Exact(row.Sum(s => s.To - s.From))}'><title>{frame.Y.Axis.Text(row.Key)}, {Series.Name}: {frame.X.Axis.Text(from)} … {frame.X.Axis.Text(to)}</title>");
            foreach (var s in row)
            {
                double y = frame.Y[s.Row], a = frame.X[s.From], b = Math.Max(a + 0.4, frame.X[s.To]);
                svg.Add($"<path class='strip{(Pale ? " pale" : "")}' d='M{a} {y - half}L{b} {y - half}L{b} {y + half}L{a} {y + half}Z'/>");
            }
            svg.Add($"</g>");
        }
    }
}

/// <summary>A stretch of the x axis, marked over the whole height: a common window.</summary>
public sealed record Window(string Name, double From, double To) : Mark(Series.None)
{
    public override IEnumerable<XY> Extent => [];

    public override IEnumerable<Datum> Data(Axis x, Axis y) => [new(Name, "", $"{x.Text(From)} … {x.Text(To)}", "", To - From)];

    internal override void Draw(SvgWriter svg, Frame frame)
    {
        double a = frame.X[From], b = frame.X[To];
        var (top, bottom) = (frame.Box.Top - 4, frame.Box.Bottom);
        svg.Add($"<path class='window' data-v='{SvgWriter.Exact(To - From)}' d='M{a} {top}L{b} {top}L{b} {bottom}L{a} {bottom}Z'><title>{Name}: {frame.X.Axis.Text(To - From)}</title></path>");
    }

    internal override IEnumerable<Note> Notes(Frame frame) => [new(Name, new((frame.X[From] + frame.X[To]) / 2, frame.Box.Top - 4), 2) { Kind = NoteKind.Over }];
}
