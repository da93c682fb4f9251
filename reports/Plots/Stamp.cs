namespace GpuLab.Reports.Plots;

/// <summary>The word SIMULATED inside a drawing: tiled behind the marks, so that no crop of any use is free of it, and once in full ink.</summary>
static class Stamp
{
    const double Wide = 150, High = 74;

    public static void Draw(SvgWriter svg, double width, double height)
    {
        svg.Add($"<g class='stamp' aria-hidden='true'>");
        var row = 0;
        for (var y = 40.0; y < height + 20; y += High, row++)
        {
            for (var x = 14 + (row % 2 * Wide / 2); x < width; x += Wide) svg.Add($"<text transform='translate({x} {y}) rotate(-20)'>SIMULATED</text>");
        }
        svg.Add($"</g><text class='simulated' x='{width - 4}' y='12' text-anchor='end'>SIMULATED</text>");
    }
}
