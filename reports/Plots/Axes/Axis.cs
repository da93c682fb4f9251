namespace GpuLab.Reports.Plots;

/// <summary>What one direction of a plot means; becomes a <see cref="Scale"/> once data and room are known.</summary>
/// <param name="Title">Without unit.</param>
/// <param name="Unit">SI unit of the values, as in <see cref="Model.Metric.Unit"/>; empty for names.</param>
public abstract record Axis(string Title, string Unit)
{
    /// <summary>A value for tables and tips.</summary>
    public virtual string Text(double value) => Model.Pretty.Value(value, Unit);

    /// <param name="low">Lowest value of the data.</param>
    /// <param name="high">Highest value of the data.</param>
    public abstract Scale Fit(double low, double high, Track track);
}

/// <summary>The pixels that an axis runs over.</summary>
/// <param name="From">Pixel of the low end.</param>
public readonly record struct Track(double From, double To, bool Vertical)
{
    public double Length => Math.Abs(To - From);
}

/// <summary>A labelled place on an axis.</summary>
public readonly record struct Tick(double Value, string Label);

/// <summary>A map from values to pixels, with its ticks.</summary>
/// <param name="Kind">Name by which the script knows the map: <c>linear log percentile band hidden</c>.</param>
/// <param name="Title">With the unit of the tick labels.</param>
/// <param name="Map">Value to 0…1 along the track.</param>
public sealed record Scale(Axis Axis, string Kind, string Title, double Low, double High, Track Track, IReadOnlyList<Tick> Ticks, Func<double, double> Map)
{
    public double this[double value] => Track.From + (Map(value) * (Track.To - Track.From));

    /// <summary>Pixels of one band, less what its name takes.</summary>
    public double Step => Pitch - NameRoom;

    /// <summary>Pixels from one band to the next.</summary>
    public double Pitch => Track.Length / Bands;

    /// <summary>Pixels at the beginning of each band that are kept for its name.</summary>
    public double NameRoom { get; private init; }

    int Bands => Math.Max(1, Axis is Band band ? band.Names.Count : 1);

    /// <summary>The same bands with room for a name over each.</summary>
    public Scale WithNamesOver(double pixels)
    {
        // Halves of a band, such as the ends of a ceiling, stay inside it.
        double Over(double v) => Math.Clamp(Math.Floor(v + 0.5), 0, Bands - 1) is var band ? ((band * Pitch) + pixels + ((v - band + 0.5) * (Pitch - pixels))) / Track.Length : 0;
        return this with { NameRoom = pixels, Map = Over };
    }

    /// <summary>What the script needs to turn pixels into values and back.</summary>
    internal string Meta => FormattableString.Invariant($"{Kind} {Low:R} {High:R} {Track.From:0.##} {Track.To:0.##} {(Axis.Unit.Length == 0 ? "-" : Axis.Unit.Replace(' ', '_'))}");
}
