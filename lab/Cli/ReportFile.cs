using GpuLab.Reports.Html;
using GpuLab.Statistics;

namespace GpuLab.Cli;

/// <summary>Where a run's page lies.</summary>
static class ReportFile
{
    public const string Name = "report.html";

    /// <summary>Written beside the run's files, by rename, so that a reader never sees half a page.</summary>
    /// <returns>Its path.</returns>
    public static string Write(string folder, Analysis analysis)
    {
        var path = Path.Combine(folder, Name);
        var draft = path + ".tmp";
        File.WriteAllText(draft, RunReport.Render(analysis));
        File.Move(draft, path, overwrite: true);
        return path;
    }
}
