using System.Globalization;
using GpuLab.Model;
using GpuLab.Reports.Comparison;
using GpuLab.Statistics;
using Spectre.Console;

namespace GpuLab.Cli;

/// <summary>A comparison for the terminal: sentences, groups, then the cells that differ.</summary>
static class ComparisonView
{
    const int Most = 40;

    /// <param name="all">Every cell, not only those that differ.</param>
    public static void Print(RunComparison c, bool all)
    {
        foreach (var run in c.Runs)
        {
            var info = run.Run.Info;
            Terminal.Out.MarkupLineInterpolated($"[bold]{run.Label}[/] {info.Name}  {info.DeviceName}{(info.Simulated ? " SIMULATED" : "")}  {info.Start.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}  {run.Run.Folder}");
        }
        Terminal.Out.WriteLine();
        foreach (var sentence in Sentences.Of(c)) Terminal.Out.WriteLine(sentence);
        Terminal.Out.WriteLine(Sentences.Besides(c));
        Groups(c);
        Cells(c, all);
    }

    static void Groups(RunComparison c)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("metric").AddColumn("when").AddColumn(c.By);
        foreach (var name in (string[])["cells", "faster", "same", "slower", "undecided", "invalid", "ratio", "worst", "best"]) table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var g in c.Groups)
        {
            string Count(VerdictKind kind) => g.Verdicts.GetValueOrDefault(kind).ToString(CultureInfo.InvariantCulture);
            table.AddRow(Markup.Escape(g.Probe), g.When, Markup.Escape(g.Column), g.Cells.ToString(CultureInfo.InvariantCulture), Count(VerdictKind.Faster), Count(VerdictKind.Same), Count(VerdictKind.Slower),
                Count(VerdictKind.Undecided), Count(VerdictKind.Invalid), Pretty.Value(g.Ratio, "1"), Pretty.Value(g.Worst, "1"), Pretty.Value(g.Best, "1"));
        }
        Terminal.Out.Write(table);
    }

    static void Cells(RunComparison c, bool all)
    {
        var shown = c.Outcomes.Where(o => all || o.Outcome.Verdict.Kind is VerdictKind.Slower or VerdictKind.Faster or VerdictKind.Invalid).ToList();
        if (shown.Count == 0) return;
        var table = new Table().Border(TableBorder.Simple).AddColumn("cell").AddColumn(c.By).AddColumn("verdict").AddColumn(new TableColumn("ratio").RightAligned()).AddColumn(new TableColumn("95 % interval").RightAligned())
            .AddColumn(new TableColumn(Markup.Escape(c.Columns[0])).RightAligned()).AddColumn(new TableColumn("value").RightAligned());
        foreach (var (cell, column, o) in all ? shown : shown.Take(Most / 2).Concat(shown.Skip(Math.Max(Most / 2, shown.Count - (Most / 2)))))
        {
            var colour = o.Verdict.Kind switch { VerdictKind.Slower or VerdictKind.Invalid => "red", VerdictKind.Faster => "green", _ => "default" };
            table.AddRow(Markup.Escape(cell.Key.ToString()), Markup.Escape(c.Columns[column]), $"[{colour}]{o.Verdict}[/]", Pretty.Value(o.Ratio.Ratio, "1"), Interval(o.Interval),
                Pretty.Value(cell.Sides[0]!.Figure.Median, cell.Metric.Unit), Pretty.Value(cell.Sides[column]!.Figure.Median, cell.Metric.Unit));
        }
        Terminal.Out.Write(table);
        if (!all && shown.Count > Most) Terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The {Most / 2} lowest and {Most / 2} highest of {shown.Count} cells that differ; --all shows every cell."));
    }

    static string Interval(Statistics.Interval i) => double.IsFinite(i.High) ? $"{Pretty.Digits(i.Low)} … {Pretty.Digits(i.High)}" : "–";
}
