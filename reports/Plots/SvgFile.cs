using System.Globalization;

namespace GpuLab.Reports.Plots;

/// <summary>A drawing as a file of its own, for a paper or a slide.</summary>
public static class SvgFile
{
    /// <summary>The text of an <c>.svg</c> file with its size and its colours written out; opens in browsers, Inkscape, LaTeX and librsvg alike.</summary>
    /// <param name="width">Pixels; text is 12 pixels high.</param>
    public static string Of(IDrawing drawing, double width, Theme theme)
    {
        var svg = drawing.Svg(width, "p", values: false);
        var open = svg.IndexOf('>', StringComparison.Ordinal);
        var title = svg.IndexOf("</title>", StringComparison.Ordinal) + "</title>".Length;
        var box = svg[..open].Split("viewBox='")[1].Split('\'')[0].Split(' ');
        return string.Create(CultureInfo.InvariantCulture, $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{svg[..open]} width='{box[2]}' height='{box[3]}'{svg[open..title]}<style>{theme.PlotCss}</style>{svg[title..]}\n");
    }
}
