namespace GpuLab.Reports.Plots;

enum NoteKind { Beside, Over, AtRight, Slanted }

/// <summary>A text about a point, to be set where there is room.</summary>
/// <param name="Gap">Pixels kept between the point and the text.</param>
sealed record Note(string Text, XY At, double Gap)
{
    public const double Font = 11.5;

    public NoteKind Kind { get; init; }

    /// <summary>Other end of the line that a <see cref="NoteKind.Slanted"/> note runs along.</summary>
    public XY To { get; init; }
}

/// <summary>Places notes one after the other: no text on another text or on a point, and off the lines where that can be had.</summary>
sealed class NotePlacer(Box area, IReadOnlyList<XY> ink)
{
    readonly List<Box> taken = [];

    /// <summary>Keeps a box free of notes.</summary>
    public void Take(Box box) => taken.Add(box);

    public void Write(SvgWriter svg, IEnumerable<Note> notes)
    {
        foreach (var note in notes)
        {
            var text = TextWidth.Clip(note.Text, Math.Max(60, area.Width * 0.6), Note.Font);
            if (note.Kind == NoteKind.Slanted)
            {
                Slanted(svg, note, text);
                continue;
            }
            var width = TextWidth.Of(text, Note.Font);
            var best = Places(note, width).Select(p => (Box: new Box(p.X - 1, p.Y - 10, p.X + width + 1, p.Y + 3), p.Cost))
                .Where(p => p.Box.Left >= area.Left - 1 && p.Box.Right <= area.Right + 1 && p.Box.Top >= Math.Max(1, area.Top - 24) && p.Box.Bottom <= area.Bottom && !taken.Exists(p.Box.Touches))
                .Select(p => (p.Box, Cost: p.Cost + (2 * ink.Count(p.Box.Holds)))).DefaultIfEmpty().MinBy(p => p.Cost);
            if (best.Box == default) continue; // no room at all: the tip and the table still say it
            taken.Add(best.Box);
            var (x, y) = (best.Box.Left + 1, best.Box.Bottom - 3);
            if (best.Cost >= 1000) svg.Add($"<path class='leader' d='M{note.At.X} {note.At.Y}L{Math.Clamp(note.At.X, x, x + width)} {(y < note.At.Y ? y + 3 : y - 9)}'/>");
            svg.Add($"<text class='note halo' x='{x}' y='{y}'>{text}</text>");
        }
    }

    /// <summary>Places in order of liking; those that need a leader cost a thousand more.</summary>
    static IEnumerable<(double X, double Y, double Cost)> Places(Note n, double width)
    {
        var (x, y, gap) = (n.At.X, n.At.Y, n.Gap);
        if (n.Kind == NoteKind.AtRight)
        {
            for (var i = 0; i < 6; i++)
            {
                yield return (x - width - (i * 40), y - 5, i);
                yield return (x - width - (i * 40), y + 14, i + 0.5);
            }
        }
        else
        {
            if (n.Kind == NoteKind.Beside) yield return (x + gap, y + 4, 0);
            yield return (x - (width / 2), y - gap - 2, 1);
            yield return (x - (width / 2), y + gap + 11, 2);
            yield return (x - width - gap, y + 4, n.Kind == NoteKind.Beside ? 3 : 8);
            yield return (x + gap, y - 6, 4);
            yield return (x + gap, y + 14, 5);
            yield return (x - width, y - gap - 2, 6);
        }
        for (var ring = 1; ring <= 8; ring++)
        {
            for (var side = -3; side <= 3; side++)
            {
                yield return (x - (width / 2) + (side * 26 * ring / 2), y - gap - (16 * ring), 1000 + (ring * 10) + Math.Abs(side));
                yield return (x - (width / 2) + (side * 26 * ring / 2), y + gap + 11 + (16 * ring), 1005 + (ring * 10) + Math.Abs(side));
            }
        }
    }

    /// <summary>Along a line, over it, at the first place where nothing is in the way.</summary>
    void Slanted(SvgWriter svg, Note note, string text)
    {
        var angle = Math.Atan2(note.To.Y - note.At.Y, note.To.X - note.At.X);
        var boxes = Starts.Select(t => new XY(note.At.X + (t * (note.To.X - note.At.X)), note.At.Y + (t * (note.To.Y - note.At.Y)))).Select(at => (At: at, Boxes: Trail(at, angle, TextWidth.Of(text, Note.Font)))).ToList();
        var free = boxes.FindIndex(b => !b.Boxes.Exists(box => taken.Exists(box.Touches)) && b.Boxes[^1].Right <= area.Right && b.Boxes[^1].Top >= area.Top - 4);
        if (free < 0) return;
        taken.AddRange(boxes[free].Boxes);
        svg.Add($"<text class='note halo' transform='translate({boxes[free].At.X} {boxes[free].At.Y}) rotate({angle * 180 / Math.PI})' dy='-5'>{text}</text>");
    }

    /// <summary>Fractions of the line at which a slanted text may begin.</summary>
    static readonly double[] Starts = [0.3, 0.4, 0.5, 0.2, 0.6, 0.1, 0.05, 0.7];

    static List<Box> Trail(XY at, double angle, double width)
    {
        var trail = new List<Box>();
        for (var along = 0.0; along <= width; along += 8)
        {
            var (x, y) = (at.X + (along * Math.Cos(angle)) + (9 * Math.Sin(angle)), at.Y + (along * Math.Sin(angle)) - (9 * Math.Cos(angle)));
            trail.Add(new(x - 5, y - 5, x + 5, y + 5));
        }
        return trail;
    }
}
