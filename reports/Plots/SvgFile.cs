using System.Globalization;

namespace GpuLab.Reports.Plots;

/// <summary>A drawing as a file of its own, for a paper or a slide.</summary>
public static class SvgFile
{
    /// <summary>The text of an <c>.svg</c> file with its size and its colours written out; opens in browsers, Inkscape, LaTeX and librsvg alike.</summary>
    /// <param name="width">Pixels; text is 12 pixels high.</param>
    public static string Of(IDrawing drawing, double width, Theme theme) => Of(drawing, width, theme, "", "", 1);

    /// <summary>At a size on paper: the drawing is laid out anew for it, so that texts have their size and none is scaled to nothing.</summary>
    /// <param name="millimetres">Width.</param>
    /// <param name="points">Height of axis texts.</param>
    /// <param name="font">First choice of face; empty for the theme's.</param>
    public static string OnPaper(IDrawing drawing, double millimetres, double points, string font, Theme theme)
    {
        // A CSS pixel is 1/96 inch and a point 1/72: texts are 12 pixels high, so the drawing is made larger and shown smaller, or the other way round.
        var shown = points * 96 / 72 / TextWidth.Font;
        return Of(drawing, millimetres / 25.4 * 96 / shown, theme, font, "mm", shown * 25.4 / 96);
    }

    static string Of(IDrawing drawing, double width, Theme theme, string font, string unit, double scale)
    {
        var css = font.Length == 0 ? theme.PlotCss : theme.PlotCss.Replace("font-family: Inter,", $"font-family: \"{Face(font)}\", Inter,", StringComparison.Ordinal);
        var svg = drawing.Svg(width, "p", values: false);
        var open = svg.IndexOf('>', StringComparison.Ordinal);
        var (wide, high) = Size(svg);
        var title = svg.IndexOf("</title>", StringComparison.Ordinal) + "</title>".Length;
        string Length(double pixels) => string.Create(CultureInfo.InvariantCulture, $"{pixels * scale:0.###}{unit}");
        return string.Create(CultureInfo.InvariantCulture, $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{svg[..open]} width='{Length(wide)}' height='{Length(high)}'{svg[open..title]}<style>{css}</style>{svg[title..]}\n");
    }

    /// <summary>Pixels of what <see cref="IDrawing.Svg"/> has drawn.</summary>
    internal static (double Width, double Height) Size(string svg)
    {
        var box = svg[..svg.IndexOf('>', StringComparison.Ordinal)].Split("viewBox='")[1].Split('\'')[0].Split(' ');
        return (double.Parse(box[2], CultureInfo.InvariantCulture), double.Parse(box[3], CultureInfo.InvariantCulture));
    }

    /// <summary>A name of a face goes into a style sheet: letters, digits, spaces and hyphens are all that one needs.</summary>
    static string Face(string font) => string.Concat(font.Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-'));
}
