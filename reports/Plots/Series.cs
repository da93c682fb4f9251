using System.Globalization;

namespace GpuLab.Reports.Plots;

/// <summary>
/// One thing that is drawn the same wherever it appears. Colour, dashes and marker repeat with periods 8, 5 and 7, so that 280 series
/// stay different and neighbours differ without colour.
/// </summary>
/// <param name="Name">For the legend and the table; also what is highlighted across plots.</param>
public readonly record struct Series(int Index, string Name)
{
    /// <summary>For reference lines and diagrams, which belong to no series.</summary>
    public static readonly Series None = new(-1, "");

    internal string Classes => Index < 0 ? "cx" : string.Create(CultureInfo.InvariantCulture, $"c{Index % 8} d{Index % 5}");

    /// <summary>Outline of the marker around the origin.</summary>
    internal string Marker(double r = 4) => Index < 0 ? Shape(0, r) : Shape(Index % 7, r);

    static string Shape(int kind, double r) => FormattableString.Invariant(kind switch
    {
        0 => $"M{-r:0.##} 0a{r:0.##} {r:0.##} 0 1 0 {2 * r:0.##} 0a{r:0.##} {r:0.##} 0 1 0 {-2 * r:0.##} 0z",
        1 => (FormattableString)$"M{-0.87 * r:0.##} {-0.87 * r:0.##}h{1.74 * r:0.##}v{1.74 * r:0.##}h{-1.74 * r:0.##}z",
        2 => $"M0 {-1.2 * r:0.##}L{1.1 * r:0.##} {0.8 * r:0.##}H{-1.1 * r:0.##}z",
        3 => $"M0 {-1.25 * r:0.##}L{1.25 * r:0.##} 0L0 {1.25 * r:0.##}L{-1.25 * r:0.##} 0z",
        4 => $"M0 {1.2 * r:0.##}L{1.1 * r:0.##} {-0.8 * r:0.##}H{-1.1 * r:0.##}z",
        5 => $"M{-1.2 * r:0.##} 0L{-0.4 * r:0.##} {-0.4 * r:0.##}L0 {-1.2 * r:0.##}L{0.4 * r:0.##} {-0.4 * r:0.##}L{1.2 * r:0.##} 0L{0.4 * r:0.##} {0.4 * r:0.##}L0 {1.2 * r:0.##}L{-0.4 * r:0.##} {0.4 * r:0.##}z",
        _ => $"M{-1.1 * r:0.##} {-0.55 * r:0.##}H{1.1 * r:0.##}V{0.55 * r:0.##}H{-1.1 * r:0.##}z",
    });
}
