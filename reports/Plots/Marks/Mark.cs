namespace GpuLab.Reports.Plots;

/// <summary>Something drawn between two axes. Marks carry classes, never colours: those come from the style sheet.</summary>
public abstract record Mark(Series Series)
{
    /// <summary>Whether the series is named in the legend.</summary>
    public bool InLegend { get; init; } = true;

    /// <summary>Points that the axes must reach.</summary>
    public abstract IEnumerable<XY> Extent { get; }

    /// <summary>What the table behind the plot says.</summary>
    public abstract IEnumerable<Datum> Data(Axis x, Axis y);

    internal abstract void Draw(SvgWriter svg, Frame frame);

    /// <summary>Texts that may move so that none covers another; placed after all marks are drawn.</summary>
    internal virtual IEnumerable<Note> Notes(Frame frame) => [];

    /// <summary>Pixels that texts had better not cover.</summary>
    internal virtual IEnumerable<XY> Ink(Frame frame) => [];

    /// <summary>Where a name can stand beside the mark; null where it cannot.</summary>
    internal virtual XY? End => null;
}

/// <summary>One row of the table behind a plot.</summary>
/// <param name="Value">As stored.</param>
public readonly record struct Datum(string Series, string X, string Y, string Interval, double Value);

/// <summary>A value with the ends of its interval.</summary>
public readonly record struct Estimate(double Value, double Low, double High)
{
    public bool HasInterval => High > Low;

    internal string Range(Axis axis) => HasInterval ? $"{axis.Text(Low)} … {axis.Text(High)}" : "";
}

/// <summary>Where a mark is drawn.</summary>
/// <param name="Id">Unique in the document; beginning of the ids that a mark needs.</param>
/// <param name="Slot">Position among the marks that share each band.</param>
/// <param name="Values">Whether lines carry their stored values; the second drawing of a plot leaves them out.</param>
sealed record Frame(Scale X, Scale Y, Box Box, string Id, bool Values, int Slot = 0, int Slots = 1);

readonly record struct Box(double Left, double Top, double Right, double Bottom)
{
    public double Width => Right - Left;

    public double Height => Bottom - Top;

    public bool Touches(Box other) => other.Left < Right && Left < other.Right && other.Top < Bottom && Top < other.Bottom;

    public bool Holds(XY p) => p.X >= Left && p.X <= Right && p.Y >= Top && p.Y <= Bottom;
}
