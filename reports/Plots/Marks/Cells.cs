using GpuLab.Model;

namespace GpuLab.Reports.Plots;

/// <summary>A matrix of numbers on two bands, coloured in nine steps, each with its number.</summary>
/// <param name="Values">Rows of the y axis, columns of the x axis; NaN for what was not measured.</param>
public sealed record Cells(string Name, IReadOnlyList<IReadOnlyList<double>> Values, string Unit, double Low, double High) : Mark(Series.None)
{
    /// <summary>A sign after each number, or in its place where there is none; null for no signs.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? Signs { get; init; }

    public override IEnumerable<XY> Extent => [];

    public override IEnumerable<Datum> Data(Axis x, Axis y) =>
        Values.SelectMany((row, r) => row.Select((v, c) => new Datum(y.Text(r), x.Text(c), Pretty.Value(v, Unit), "", v)));

    internal override void Draw(SvgWriter svg, Frame frame)
    {
        var texts = Values.Select((row, r) => row.Select((v, c) => Text(v, Signs?[r][c] ?? "")).ToList()).ToList();
        var widest = texts.SelectMany(t => t).Select(t => TextWidth.Of(t, 1)).DefaultIfEmpty(1).Max();
        var size = Math.Min(12.5, Math.Min((frame.X.Step - 5) / widest, frame.Y.Step - 5));
        for (var row = 0; row < Values.Count; row++)
        {
            for (var column = 0; column < Values[row].Count; column++)
            {
                var v = Values[row][column];
                var step = double.IsNaN(v) ? "none" : FormattableString.Invariant($"q{Math.Clamp((int)((v - Low) / (High - Low) * 9), 0, 8)}");
                svg.Add($"<g class='hit cell {step}' data-v='{SvgWriter.Exact(v)}'><title>{frame.Y.Axis.Text(row)}, {frame.X.Axis.Text(column)}: {Pretty.Value(v, Unit)}</title>");
                svg.Add($"<rect x='{frame.X[column] - (frame.X.Step / 2) + 1}' y='{frame.Y[row] - (frame.Y.Step / 2) + 1}' width='{frame.X.Step - 2}' height='{frame.Y.Step - 2}' rx='2'/>");
                if (size >= 6.5) svg.Add($"<text x='{frame.X[column]}' y='{frame.Y[row] + (size * 0.36)}' font-size='{size}' text-anchor='middle'>{texts[row][column]}</text>");
                svg.Add($"</g>");
            }
        }
    }

    string Text(double v, string sign) => !double.IsNaN(v) ? Shorter(v) + sign : sign.Length > 0 ? sign : "–";

    string Shorter(double v) => Unit == "%" ? Percent(v) : Unit == "1" ? v.ToString(Math.Abs(High - Low) < 20 ? "0.00" : "0", System.Globalization.CultureInfo.InvariantCulture) : Ticks.Short(v, Unit);

    /// <summary>Without its sign, which a caption says once: cells are narrow.</summary>
    static string Percent(double share)
    {
        var rounded = Math.Round(share * 100, Math.Abs(share) < 0.0995 ? 1 : 0);
        return (rounded == 0 ? 0 : rounded).ToString(Math.Abs(share) < 0.0995 ? "0.0" : "0", System.Globalization.CultureInfo.InvariantCulture).Replace('-', '−');
    }
}
