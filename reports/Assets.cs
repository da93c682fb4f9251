namespace GpuLab.Reports;

/// <summary>Style sheets and scripts that lie beside the code as files and travel inside the assembly.</summary>
static class Assets
{
    public static readonly string PlotCss = Read("plot.css"), PlotJs = Read("plot.js"), ReportCss = Read("report.css"), ReportJs = Read("report.js"), SimulatedCss = Read("simulated.css");

    static string Read(string name)
    {
        using var stream = typeof(Assets).Assembly.GetManifestResourceStream($"GpuLab.Reports.{name}")
            ?? throw new InvalidOperationException($"the resource {name} is missing from the assembly");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
