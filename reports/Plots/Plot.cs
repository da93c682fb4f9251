namespace GpuLab.Reports.Plots;

/// <summary>One plot: two axes and what is drawn between them. The same markup serves the report and a file for a paper.</summary>
public sealed record Plot(string Title, Axis X, Axis Y, params IReadOnlyList<Mark> Marks) : IDrawing
{
    /// <summary>Height over width on a wide screen.</summary>
    public double Aspect { get; init; } = 0.46;

    /// <summary>What a reader who cannot see the plot should know of it.</summary>
    public string Description { get; init; } = "";

    /// <summary>Names at the ends of the lines instead of a legend, where there is room for them.</summary>
    public bool DirectLabels { get; init; }

    /// <summary>Whether the values are predictions; then every drawing says so inside.</summary>
    public bool Simulated { get; init; }

    public IReadOnlyList<Datum> Table => [.. Marks.SelectMany(m => m.Data(X, Y))];

    public string Svg(double width, string id, bool values = true)
    {
        var layout = new PlotLayout(this, width, legend: true, null);
        var svg = new SvgWriter();
        Open(svg, "plot", width, layout.Height, Title, Description, Simulated);
        layout.Draw(svg, id, values);
        svg.Add($"</svg>");
        return svg.ToString();
    }

    internal static void Open(SvgWriter svg, string classes, double width, double height, string title, string description, bool simulated)
    {
        svg.Add($"<svg xmlns='http://www.w3.org/2000/svg' class='{classes}' role='img' viewBox='0 0 {width} {height}'><title>{(simulated ? "SIMULATED: " : "")}{title}</title>");
        if (description.Length > 0) svg.Add($"<desc>{description}</desc>");
        svg.Add($"<rect class='paper' width='{width}' height='{height}'/>");
        if (simulated) Stamp.Draw(svg, width, height);
    }
}

/// <summary>Something that can be drawn at any width and that has a table behind it.</summary>
public interface IDrawing
{
    string Title { get; }

    Axis X { get; }

    Axis Y { get; }

    IReadOnlyList<Datum> Table { get; }

    /// <summary>An <c>svg</c> element. Colours come from a style sheet: see <see cref="Theme"/>.</summary>
    /// <param name="width">Pixels; text stays the same size at every width.</param>
    /// <param name="id">Unique in the document; ids inside begin with it.</param>
    /// <param name="values">Whether lines carry their stored values for tips; one drawing of a figure is enough.</param>
    string Svg(double width, string id, bool values = true);
}
