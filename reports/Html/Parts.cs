using GpuLab.Model;
using GpuLab.Reports.Plots;

namespace GpuLab.Reports.Html;

/// <summary>Pieces of markup that several sections use.</summary>
static class Parts
{
    const double Wide = 740, Narrow = 360;

    /// <summary>Characters beyond which a cell of a tall table is set in several lines.</summary>
    const int Long = 40;

    /// <summary>A plot at two widths with its caption and, behind it, its numbers.</summary>
    public static Html Plot(ReportModel model, IDrawing plot, string caption)
    {
        model.Drawings.Add(plot);
        return Plot(model.NextId(), plot, caption);
    }

    /// <param name="id">Unique in the page.</param>
    public static Html Plot(string id, IDrawing plot, string caption)
    {
        var (wide, narrow) = (plot.Svg(Wide, id + "w"), plot.Svg(Narrow, id + "n", values: false));
        return Html.Of($"""
            <figure id="{id}"{Room(High(wide, 1.11, caption.Length / 105), High(narrow, 1, caption.Length / 45))}>
              <figcaption><b>{Name(plot.Title)}</b> <span>{Prose(caption)}</span></figcaption>
              <div class="wide">{Html.Raw(wide)}</div><div class="narrow">{Html.Raw(narrow)}</div>
              {Numbers(plot)}
            </figure>
            """);
    }

    /// <summary>Pixels of a figure with its caption and the heading of its numbers, about.</summary>
    static int High(string svg, double scale, int lines) => (int)(SvgFile.Size(svg).Height * scale) + (21 * (lines + 1)) + 96;

    /// <summary>What something takes before it has been laid out, so that nothing jumps when it comes into sight: on a wide page and on a narrow one.</summary>
    public static Html Room(int wide, int narrow) => Html.Of($" style=\"--room:{wide}px;--narrow-room:{narrow}px\"");

    static Html Numbers(IDrawing plot)
    {
        var rows = plot.Table;
        var (what, intervals) = (rows.Any(r => r.Series.Length > 0), rows.Any(r => r.Interval.Length > 0));
        const int most = 400;
        var tooMany = rows.Count > most ? Html.Of($"<p class=\"more\">The first {most} of {rows.Count} values; all are in the run folder.</p>") : Html.Empty;
        var table = SortableTable.Of([.. rows.Take(most)],
            new("what", r => Cell(r.Series), Shown: what),
            new(Or(plot.X.Title, "where"), r => Cell(r.X)),
            new(Or(plot.Y.Title, "value"), r => Html.Of($"<td data-v=\"{SvgWriter.Exact(r.Value)}\">{r.Y}</td>")),
            new Column<Datum>("interval", r => Cell(r.Interval), Shown: intervals));
        return Html.Of($"<details class=\"numbers\"><summary>Numbers</summary>{table}{tooMany}</details>");
    }

    /// <summary>A name that someone else chose: isolated, so that its direction of writing cannot reorder the sentence around it.</summary>
    public static Html Name(string text) => Html.Of($"<bdi>{text}</bdi>");

    /// <summary>A sentence in which no number is parted from its sign of per cent.</summary>
    public static string Prose(string text) => text.Replace(" %", "\u00a0%", StringComparison.Ordinal);

    /// <summary>A table cell with such a name and nothing else: the style sheet isolates cells, so that large tables need no element more.</summary>
    public static Html Cell(string text) => text.Length > Long ? Html.Of($"<td class=\"long\">{text}</td>") : Html.Of($"<td>{text}</td>");

    /// <summary>A table cell with markup.</summary>
    public static Html Marked(Html html) => Html.Of($"<td>{html}</td>");

    public static Html Count(long number) => Html.Of($"<td class=\"n\">{number}</td>");

    public static Html Slice(ReportModel model, string layout, string slice) =>
        model.Slice(layout, slice) is var s ? Html.Of($"<span class=\"slice\" data-key=\"{s.Name}\">{Chip(s)}{Name(slice)}</span>") : Html.Empty;

    static Html Chip(Series s) => Html.Of($"<svg class=\"plot chip\" viewBox=\"-7 -7 14 14\" aria-hidden=\"true\"><g class=\"{s.Classes}\"><path class=\"marker\" d=\"{s.Marker(4.6)}\"/></g></svg>");

    /// <summary>A table cell with a value that sorts by what is stored.</summary>
    public static Html Value(double value, string unit) => Html.Of($"<td class=\"n\" data-v=\"{SvgWriter.Exact(value)}\">{Pretty.Value(value, unit)}</td>");

    public static Html Percent(double? share) => share is { } s ? Value(s, "%") : Html.Of($"<td class=\"n\">–</td>");

    public static Html Flags(IReadOnlyList<string> flags) => Html.Of($"<td>{flags.Select(f => Html.Of($"<span class=\"flag\">{f}</span> "))}</td>");

    static string Or(string text, string otherwise) => text.Length > 0 ? text : otherwise;
}
