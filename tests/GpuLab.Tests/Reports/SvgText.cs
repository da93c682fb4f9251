using System.Globalization;
using System.Xml.Linq;
using GpuLab.Reports.Plots;

namespace GpuLab.Tests.Reports;

/// <summary>Reads drawings back: they must be well-formed XML, and their texts must not cover each other.</summary>
static class SvgText
{
    public static XElement Parse(string svg) => XElement.Parse(svg);

    /// <summary>Boxes of level texts, in pixels of the drawing, by the same estimate that placed them.</summary>
    public static IReadOnlyList<(string Text, double Left, double Top, double Right, double Bottom)> Boxes(XElement svg) =>
        [.. svg.Descendants().Where(e => e.Name.LocalName == "text" && e.Attribute("transform") is null && (string?)e.Attribute("class") != "simulated").Select(Box)];

    static (string, double, double, double, double) Box(XElement text)
    {
        var words = string.Concat(text.Nodes().OfType<XText>().Select(t => t.Value));
        var width = TextWidth.Of(words);
        var (x, y) = (Number(text.Attribute("x")), Number(text.Attribute("y")));
        foreach (var group in text.Ancestors())
        {
            if ((string?)group.Attribute("transform") is not { } move || !move.StartsWith("translate(", StringComparison.Ordinal)) continue;
            var parts = move["translate(".Length..move.IndexOf(')', StringComparison.Ordinal)].Split(' ');
            (x, y) = (x + double.Parse(parts[0], CultureInfo.InvariantCulture), y + double.Parse(parts[1], CultureInfo.InvariantCulture));
        }
        var left = (string?)text.Attribute("text-anchor") switch { "middle" => x - (width / 2), "end" => x - width, _ => x };
        return (words, left + 1, y - 8, left + width - 1, y + 2);
    }

    static double Number(XAttribute? a) => a is null ? 0 : double.Parse(a.Value, CultureInfo.InvariantCulture);

    public static void AssertNoTextCoversAnother(string svg)
    {
        var boxes = Boxes(Parse(svg));
        for (var i = 0; i < boxes.Count; i++)
        {
            for (var j = i + 1; j < boxes.Count; j++)
            {
                var (a, b) = (boxes[i], boxes[j]);
                Assert.False(a.Left < b.Right && b.Left < a.Right && a.Top < b.Bottom && b.Top < a.Bottom, $"'{a.Text}' and '{b.Text}' cover each other");
            }
        }
    }
}
