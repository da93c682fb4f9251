namespace GpuLab.Reports.Plots;

/// <summary>One entry of a legend.</summary>
/// <param name="Lined">Drawn with a piece of line, not only a marker or a bar.</param>
/// <param name="Weak">Outlined or pale.</param>
readonly record struct Key(Series Series, bool Lined, bool Marked, bool Weak);

/// <summary>Names of series over a plot, wrapped to its width.</summary>
sealed class Legend
{
    const double Swatch = 30, Gap = 16, Row = 19;
    readonly List<(Key Key, string Text, double X, double Y)> entries = [];

    public Legend(IReadOnlyList<Key> keys, double width)
    {
        double x = 0, y = 0;
        foreach (var key in keys)
        {
            var text = TextWidth.Clip(key.Series.Name, width - Swatch);
            var need = Swatch + TextWidth.Of(text);
            if (x > 0 && x + need > width) (x, y) = (0, y + Row);
            entries.Add((key, text, x, y));
            x += need + Gap;
        }
        Height = keys.Count == 0 ? 0 : y + Row + 4;
    }

    public double Height { get; }

    public static IReadOnlyList<Key> Keys(IEnumerable<Mark> marks) =>
        [.. marks.Where(m => m.InLegend && m.Series.Name.Length > 0 && m is not Ribbon and not Rule).GroupBy(m => m.Series.Name).Select(g => g.First()).Select(m => new Key(m.Series, m is Line, m is Line { Points.Count: <= 60, Formula: false } or Dots, m is Dots { Open: true } or Strips { Pale: true }))];

    public void Draw(SvgWriter svg, double left, double top)
    {
        foreach (var (key, text, x, y) in entries)
        {
            svg.Add($"<g class='key {key.Series.Classes}' data-key='{key.Series.Name}' transform='translate({left + x} {top + y})'><title>{key.Series.Name}</title><rect class='grip' x='-3' y='0' width='{Swatch + TextWidth.Of(text)}' height='18'/>");
            if (key.Lined) svg.Add($"<path class='line' d='M0 9L22 9'/>");
            if (key.Marked) svg.Add($"<path class='marker{(key.Weak ? " open" : "")}' transform='translate(11 9)' d='{key.Series.Marker(3.6)}'/>");
            if (!key.Lined && !key.Marked) svg.Add($"<rect class='bar{(key.Weak ? " pale" : "")}' x='4' y='3' width='14' height='12' rx='2'/>");
            svg.Add($"<text x='27' y='13'>{text}</text></g>");
        }
    }
}
