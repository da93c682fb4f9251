namespace GpuLab.Reports.Plots;

/// <summary>A reference line between two points, level, upright or slanted: a ceiling, a limit, a ratio of one.</summary>
public sealed record Rule(string Name, XY From, XY To, Series Of) : Mark(Of with { Name = Of.Index < 0 ? "" : Of.Name })
{
    public Rule(string name, XY from, XY to)
        : this(name, from, to, Series.None)
    {
    }

    /// <summary>Part of the data (a plateau), so that the axes must reach it and the table names it.</summary>
    public bool Measured { get; init; }

    public override IEnumerable<XY> Extent => [From, To];

    public override IEnumerable<Datum> Data(Axis x, Axis y)
    {
        if (Name.Length > 0 && From.Y == To.Y) yield return new(Series.Name.Length > 0 ? $"{Series.Name}: {Name}" : Name, $"{x.Text(From.X)} … {x.Text(To.X)}", y.Text(From.Y), "", From.Y);
        else if (Name.Length > 0) yield return new(Name, x.Text(From.X), y.Text(To.Y), "", From.X);
    }

    internal override void Draw(SvgWriter svg, Frame frame)
    {
        var (a, b) = Ends(frame);
        svg.Add($"<path class='{(Measured ? "plateau" : "rule")}' d='M{a.X} {a.Y}L{b.X} {b.Y}'>");
        if (Name.Length > 0) svg.Add($"<title>{Name}</title>");
        svg.Add($"</path>");
    }

    internal override IEnumerable<Note> Notes(Frame frame)
    {
        if (Name.Length == 0) yield break;
        var (a, b) = Ends(frame);
        if (Math.Abs(a.X - b.X) < 1) yield return new(Name, new(b.X, frame.Box.Top + 8), 5);
        else if (Math.Abs(a.Y - b.Y) < 1) yield return new(Name, Measured ? new((a.X + b.X) / 2, a.Y) : new(Math.Min(Math.Max(a.X, b.X), frame.Box.Right), a.Y), 5) { Kind = Measured ? NoteKind.Over : NoteKind.AtRight };
        else yield return new(Name, a, 5) { Kind = NoteKind.Slanted, To = b };
    }

    internal override IEnumerable<XY> Ink(Frame frame)
    {
        var (a, b) = Ends(frame);
        return Enumerable.Range(0, 60).Select(i => new XY(a.X + ((b.X - a.X) * i / 59), a.Y + ((b.Y - a.Y) * i / 59)));
    }

    (XY A, XY B) Ends(Frame frame) => (new(frame.X[From.X], frame.Y[From.Y]), new(frame.X[To.X], frame.Y[To.Y]));
}
