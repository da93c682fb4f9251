using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace GpuLab.Reports.Plots;

/// <summary>Collects SVG markup. Interpolated text is escaped; coordinates are written culture-invariant, to a hundredth of a pixel.</summary>
public sealed class SvgWriter
{
    internal StringBuilder Text { get; } = new(8 * 1024);

    /// <summary>Appends markup; the handler has written it into this writer by the time of the call.</summary>
    [SuppressMessage("Performance", "CA1822", Justification = "The handler writes into this instance.")]
    public void Add([InterpolatedStringHandlerArgument("")] ref SvgMarkup markup)
    {
    }

    /// <summary>Appends what another writer holds, unescaped because it already is.</summary>
    public void Add(SvgWriter other) => Text.Append(other.Text);

    public override string ToString() => Text.ToString();

    /// <summary>A number as it is stored: the shortest text that reads back to the same value.</summary>
    public static string Exact(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>Writes an interpolated string into its <see cref="SvgWriter"/>. Only the types below can be interpolated; the rest does not compile.</summary>
[InterpolatedStringHandler]
public readonly ref struct SvgMarkup
{
    readonly StringBuilder text;

    public SvgMarkup(int literalLength, int formattedCount, SvgWriter writer) => text = writer.Text;

    public void AppendLiteral(string markup) => text.Append(markup);

    public void AppendFormatted(string? words) => Escaping.Append(text, words);

    public void AppendFormatted(int number) => text.Append(CultureInfo.InvariantCulture, $"{number}");

    public void AppendFormatted(double pixels)
    {
        var rounded = Math.Round(pixels, 2);
        text.Append(CultureInfo.InvariantCulture, $"{(rounded == 0 ? 0 : rounded):0.##}");
    }

    public void AppendFormatted(PathData path) => text.Append(path.Text);
}

/// <summary>The <c>d</c> of a path: absolute M and L with pairs of numbers only, so that a script can move each point by itself.</summary>
public readonly record struct PathData(StringBuilder Text)
{
    public static PathData Of(IEnumerable<XY> pixels)
    {
        var text = new StringBuilder();
        foreach (var p in pixels) text.Append(text.Length == 0 ? 'M' : 'L').Append(CultureInfo.InvariantCulture, $"{p.X:0.#} {p.Y:0.#}");
        return new(text);
    }

    /// <summary>Several numbers in full precision, separated by spaces.</summary>
    public static PathData Numbers(IEnumerable<double> values) => new(new StringBuilder().AppendJoin(' ', values.Select(SvgWriter.Exact)));
}

/// <summary>A point, in data or in pixels.</summary>
public readonly record struct XY(double X, double Y);
