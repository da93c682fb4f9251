using System.Globalization;
using GpuLab.Model;
using GpuLab.Reports.Kv;
using GpuLab.Statistics;
using Spectre.Console;

namespace GpuLab.Cli;

/// <summary>Reload against recompute, in the terminal: a table for each slice, and from which length on each tier pays.</summary>
static class ReloadView
{
    public static void Print(Analysis analysis)
    {
        foreach (var study in ReloadStudy.Of([.. analysis.Figures]))
        {
            var tiers = study.Tiers.ToList();
            var when = study.Together ? "all slices at once" : "alone";
            var table = new Table().Border(TableBorder.Simple).Title(Markup.Escape($"keys and values of {study.What} on {study.Slice} of {study.Layout}, {when}{Marks.Title(analysis.Run.Info)}"), new Style(decoration: Decoration.Bold));
            foreach (var column in (string[])["tokens", "recompute", "B*", .. tiers.SelectMany(t => new[] { t, "rate", "gain" })]) table.AddColumn(new TableColumn(column).RightAligned().NoWrap());
            foreach (var point in study.Points)
            {
                table.AddRow([
                    point.Tokens.ToString(CultureInfo.InvariantCulture), Pretty.Time(point.Recompute), Pretty.Value(point.Needed, "B/s"),
                    .. tiers.SelectMany(t => Cells(point, t)),
                ]);
            }
            Terminal.Out.Write(table);
            foreach (var tier in tiers) Terminal.Out.MarkupLineInterpolated($"{Marks.Line(analysis.Run.Info)}reloading from {tier} {study.BreakEven(tier)}");
        }
    }

    static string[] Cells(ReloadPoint point, string tier) => point.Tiers.FirstOrDefault(t => t.Tier == tier) is { } found
        ? [Pretty.Time(found.Seconds), Pretty.Value(found.Rate, "B/s"), $"{Pretty.Digits(point.Recompute / found.Seconds)} ×"]
        : ["–", "–", "–"];
}
