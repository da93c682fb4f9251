using GpuLab.Model;
using GpuLab.Reports.Joint;
using GpuLab.Statistics;
using Spectre.Console;

namespace GpuLab.Cli;

/// <summary>One slice against several as one, in the terminal: a table for each piece of work.</summary>
static class JointView
{
    public static void Print(Analysis analysis)
    {
        foreach (var study in JointStudy.Of(analysis.Figures))
        {
            List<Metric> metrics = [.. study.Probe.Metrics.Where(m => study.Ways.Any(w => w.Figures.Any(f => f.Metric == m)))];
            var simulated = analysis.Run.Info.Simulated ? "  (SIMULATED: predicted, not measured)" : "";
            var table = new Table().Border(TableBorder.Simple).Title(Markup.Escape($"{study.Probe.Id} {study.What}{simulated}"), new Style(decoration: Decoration.Bold));
            table.AddColumn(new TableColumn("who").NoWrap()).AddColumn(new TableColumn("how").NoWrap());
            foreach (var column in metrics.Select(m => m.Name.Replace('_', ' ')).Append("÷ single")) table.AddColumn(new TableColumn(column).RightAligned());
            foreach (var way in study.Ways)
            {
                table.AddRow([
                    Markup.Escape(way.Slices > 1 ? $"{way.Layout} as one" : $"{way.Profiles} alone"), Markup.Escape(way.Parameters.ToString()),
                    .. metrics.Select(m => way.Figures.FirstOrDefault(f => f.Metric == m) is { } found ? Pretty.Value(found.Value, m.Unit) : "–"),
                    study.Ratio(way) is { } ratio ? $"{Pretty.Digits(ratio.Value)} ×" : "–",
                ]);
            }
            Terminal.Out.Write(table);
            foreach (var verdict in study.Verdicts) Terminal.Out.MarkupLineInterpolated($"{verdict}");
        }
    }
}
