using System.Globalization;
using System.Text;

namespace GpuLab.Reports.Plots;

/// <summary>One row of <see cref="Waves"/>.</summary>
/// <param name="At">Place on the y axis.</param>
/// <param name="Stretches">In order of time.</param>
public sealed record WaveRow(double At, string Name, IReadOnlyList<(double From, double To)> Stretches)
{
    public double Busy => Stretches.Sum(s => s.To - s.From);
}

/// <summary>Stretches of time in many thin rows, each paler or fuller than the one before it, so that one is told from the next.</summary>
public sealed record Waves(Series Series, IReadOnlyList<WaveRow> Rows) : Mark(Series)
{
    public override IEnumerable<XY> Extent => Rows.SelectMany(r => r.Stretches.Count == 0 ? Array.Empty<XY>() : [new(r.Stretches[0].From, r.At), new(r.Stretches[^1].To, r.At)]);

    public override IEnumerable<Datum> Data(Axis x, Axis y) => Rows.Where(r => r.Stretches.Count > 0).Select(r =>
        new Datum(r.Name, $"{x.Text(r.Stretches[0].From)} … {x.Text(r.Stretches[^1].To)}", $"busy {x.Text(r.Busy)}", string.Create(CultureInfo.InvariantCulture, $"{r.Stretches.Count} stretches"), r.Busy));

    internal override void Draw(SvgWriter svg, Frame frame)
    {
        var thick = Math.Clamp(Math.Abs(frame.Y[1] - frame.Y[0]) * 0.8, 0.8, 10);
        foreach (var row in Rows)
        {
            svg.Add($"<g class='hit' data-v='{SvgWriter.Exact(row.Busy)}'><title>{row.Name}, {row.Stretches.Count} stretches: busy {frame.X.Axis.Text(row.Busy)}</title>");
            foreach (var shade in (int[])[0, 1])
            {
                var path = Path(row, shade, frame);
                if (path.Text.Length > 0) svg.Add($"<path class='wave{(shade == 1 ? " pale" : "")}' stroke-width='{thick}' d='{path}'/>");
            }
            svg.Add($"</g>");
        }
    }

    static PathData Path(WaveRow row, int shade, Frame frame)
    {
        var text = new StringBuilder();
        for (var i = shade; i < row.Stretches.Count; i += 2) text.Append(CultureInfo.InvariantCulture, $"M{frame.X[row.Stretches[i].From]:0.#} {frame.Y[row.At]:0.#}L{frame.X[row.Stretches[i].To]:0.#} {frame.Y[row.At]:0.#}");
        return new(text);
    }
}
