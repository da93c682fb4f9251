namespace GpuLab.Reports.Plots;

/// <summary>Plots of one kind side by side, with shared axes and one legend.</summary>
/// <param name="Plots">Their titles become the names of the panels.</param>
public sealed record Multiples(string Title, IReadOnlyList<Plot> Plots) : IDrawing
{
    const double Gap = 14;

    public string Description { get; init; } = "";

    public Axis X => Plots[0].X;

    public Axis Y => Plots[0].Y;

    public IReadOnlyList<Datum> Table => [.. Plots.SelectMany(p => p.Table.Select(d => d with { Series = d.Series.Length > 0 ? $"{p.Title}: {d.Series}" : p.Title }))];

    public string Svg(double width, string id, bool values = true)
    {
        var columns = Math.Min(Plots.Count, width < 480 ? 1 : Plots.Count is 2 or 4 ? 2 : 3);
        var each = (width - ((columns - 1) * Gap)) / columns;
        var marks = Plots.SelectMany(p => p.Marks).ToList();
        var keys = Legend.Keys(marks);
        var legend = new Legend(keys.Count > 1 ? keys : [], width - 8);
        var simulated = Plots.Any(p => p.Simulated);
        var panels = Plots.Select(p => new PlotLayout(p with { Simulated = false, DirectLabels = false, Aspect = 0.62 }, each, legend: false, PlotLayout.ExtentOf(marks))).ToList();
        var top = (simulated ? 18 : 2) + legend.Height;
        var height = panels.Chunk(columns).Sum(row => row.Max(p => p.Height) + 22) + top;

        var svg = new SvgWriter();
        Plot.Open(svg, "plot", width, height, Title, Description, simulated);
        legend.Draw(svg, 4, simulated ? 18 : 2);
        foreach (var (i, row) in panels.Chunk(columns).Index())
        {
            foreach (var (j, panel) in row.Index())
            {
                svg.Add($"<g transform='translate({j * (each + Gap)} {top + 22})'><text class='facet' x='4' y='-6'>{TextWidth.Clip(Plots[(i * columns) + j].Title, each - 8, 13)}</text>");
                panel.Draw(svg, FormattableString.Invariant($"{id}p{(i * columns) + j}"), values);
                svg.Add($"</g>");
            }
            top += row.Max(p => p.Height) + 22;
        }
        svg.Add($"</svg>");
        return svg.ToString();
    }
}
