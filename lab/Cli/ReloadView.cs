using System.Globalization;
using GpuLab.Model;
using GpuLab.Reports.Kv;
using GpuLab.Statistics;
using Spectre.Console;

namespace GpuLab.Cli;

/// <summary>Reload against recompute, in the terminal: a table for each slice, or for each number of slices at once, and from which length on each tier pays.</summary>
static class ReloadView
{
    public static void Print(Analysis analysis)
    {
        var (title, line) = (Marks.Title(analysis.Run.Info), Marks.Line(analysis.Run.Info));
        var studies = ReloadStudy.Of([.. analysis.Figures]);
        var crowds = ReloadCrowd.Of(studies);
        foreach (var study in studies.Where(s => !crowds.Any(c => c.Holds(s))))
        {
            var tiers = study.Tiers.ToList();
            Show($"keys and values of {study.What} on {study.Slice} of {study.Layout}, {study.Company}{title}",
                ["tokens", "recompute", "B*", .. tiers.SelectMany(t => new[] { t, "rate", "gain" })],
                study.Points.Select(p => (string[])[.. Recompute(p), .. tiers.SelectMany(t => Reload(p, t))]));
            foreach (var tier in tiers) Terminal.Out.MarkupLineInterpolated($"{line}reloading from {tier} {study.BreakEven(tier)}");
        }
        foreach (var crowd in crowds)
        {
            var tiers = crowd.Tiers.ToList();
            // Times are left out, so that the table fits a terminal.
            Show($"keys and values of {crowd.What} on slices of {crowd.Layout}, the one that gains least{title}",
                ["at once", "tokens", "recompute", "B*", .. tiers.SelectMany(t => new[] { t, "gain" })],
                crowd.Studies.SelectMany(s => s.Points.Select(p => (string[])[s.AtOnce.ToString(CultureInfo.InvariantCulture), .. Recompute(p), .. tiers.SelectMany(t => Reload(p, t)[1..])])));
            foreach (var tier in tiers) Terminal.Out.MarkupLineInterpolated($"{line}reloading from {tier}: {crowd.BreakEven(tier)}");
        }
    }

    static void Show(string title, string[] head, IEnumerable<string[]> rows)
    {
        var table = new Table().Border(TableBorder.Simple).Title(Markup.Escape(title), new Style(decoration: Decoration.Bold));
        foreach (var column in head) table.AddColumn(new TableColumn(column).RightAligned().NoWrap());
        foreach (var row in rows) table.AddRow(row);
        Terminal.Out.Write(table);
    }

    static string[] Recompute(ReloadPoint point) => [point.Tokens.ToString(CultureInfo.InvariantCulture), Pretty.Time(point.Recompute), Pretty.Value(point.Needed, "B/s")];

    /// <summary>Time, rate and gain.</summary>
    static string[] Reload(ReloadPoint point, string tier) => point.Tiers.FirstOrDefault(t => t.Tier == tier) is { } found
        ? [Pretty.Time(found.Seconds), Pretty.Value(found.Rate, "B/s"), $"{Pretty.Digits(point.Recompute / found.Seconds)} ×"]
        : ["–", "–", "–"];
}
