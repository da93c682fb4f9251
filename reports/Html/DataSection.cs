using System.Text;
using GpuLab.Reports.Export;
using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Reports.Html;

/// <summary>Figures and samples to take along: inside the page, so that they go where it goes, and saved without a script.</summary>
static class DataSection
{
    /// <summary>What a page can carry and still be mailed.</summary>
    const int MostFigures = 400, MostSamples = 40_000;

    public static Section? Of(ReportModel model)
    {
        var analysis = model.Analysis;
        if (analysis.Figures.Count == 0) return null;
        List<Html> items = [];
        var figures = Encoding.UTF8.GetBytes(TableText.Write(FigureTable.Of(RunFigures.Of(analysis)), "csv", model.Simulated));
        var few = analysis.Figures.Count <= MostFigures;
        items.Add(Html.Of($"<li>{(few ? Link("figures.csv", "text/csv", figures) : Link("figures.csv.gz", "application/gzip", SampleFile.Compressed(figures)))}: {Verdict.Count(analysis.Figures.Count, "figure")}, one a row, in SI units, with intervals, quantiles and flags.</li>"));
        var samples = analysis.Run.Samples.Count;
        if (samples is > 0 and <= MostSamples)
            items.Add(Html.Of($"<li>{Link("samples.csv.gz", "application/gzip", SampleFile.Compressed(analysis.Run.Samples))}: {Verdict.Count(samples, "sample")} as they were taken, warm-up included.</li>"));
        else if (samples > 0)
            items.Add(Html.Of($"<li>The {Verdict.Count(samples, "sample")} are too many for a page; they are in <code>{RunFiles.Samples}</code> of the run's folder.</li>"));
        items.Add(Html.Of($"<li>From the run's folder: <code>gpulab export FOLDER --format csv</code> (or json, markdown, latex) writes the figures, <code>gpulab figure FOLDER --list</code> names the drawings for papers.</li>"));
        return new("data", "Data", Html.Of($"<ul>{items}</ul>"));
    }

    static Html Link(string name, string type, byte[] content) => Html.Of($"<a download=\"{name}\" href=\"data:{type};base64,{Convert.ToBase64String(content)}\">{name}</a>");
}
