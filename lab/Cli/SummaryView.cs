using System.Globalization;
using GpuLab.Model;
using GpuLab.Results;
using GpuLab.Statistics;
using Spectre.Console;

namespace GpuLab.Cli;

/// <summary>The table at the end of a run.</summary>
static class SummaryView
{
    public static void Print(Analysis analysis, string folder, string report)
    {
        var simulated = analysis.Run.Info.Simulated;
        if (simulated) Terminal.Out.MarkupLineInterpolated($"[bold]SIMULATED[/]: every figure below is predicted by a model of {analysis.Run.Info.DeviceName}. Nothing was measured.");
        foreach (var layout in analysis.Figures.Where(f => !f.ForRatio).GroupBy(f => f.Layout))
        {
            var title = $"layout {layout.Key}{Marks.Title(analysis.Run.Info)}";
            var table = new Table().Border(TableBorder.Simple).Title(Markup.Escape(title), new Style(decoration: Decoration.Bold)).Width(null);
            foreach (var column in (string[])["probe", "slice", "when"]) table.AddColumn(new TableColumn(column).NoWrap());
            foreach (var column in (string[])["median", "interval", "spread", "of ceiling"]) table.AddColumn(new TableColumn(column).RightAligned().NoWrap());
            table.AddColumn("flags");
            foreach (var row in Rows([.. layout])) table.AddRow([.. row.Select(Markup.Escape)]);
            Terminal.Out.Write(table);
        }
        foreach (var curve in analysis.Plateaus.GroupBy(p => (p.Probe, p.Layout, p.Slice)))
            Terminal.Out.MarkupLineInterpolated($"{Marks.Line(simulated)}{curve.Key.Probe} on {curve.Key.Slice}: {string.Join("  ", curve.Select(p => $"{p.Name} {Pretty.Time(p.Value)} to {Pretty.Bytes(p.To)}"))}");
        MatrixView.Print(analysis);
        ReloadView.Print(analysis);
        JointView.Print(analysis);
        PrintFindings(analysis.Findings, Marks.Line(simulated));
        PrintTime(analysis.Run);
        Terminal.Out.WriteLine();
        Console.Out.WriteLine($"run     {folder}");
        Console.Out.WriteLine($"report  {report}");
    }

    static IEnumerable<string[]> Rows(IReadOnlyList<Figure> figures)
    {
        foreach (var group in figures.GroupBy(f => (f.Probe.Axis is null ? f.Cell : 0, f.Mode, f.Metric.Id, f.Slice, f.Phase, f.Probe.Axis is { } axis ? f.Parameters.Without(axis) : Parameters.None)))
        {
            var points = group.ToList();
            if (points.Count == 1) yield return Row(points[0]);
            else yield return Curve(points);
        }
    }

    static string[] Row(Figure f) =>
    [
        Named(f, f.Parameters), f.Slice, When(f), Pretty.Value(f.Median, f.Metric.Unit),
        $"{Pretty.Value(f.Interval.Low, f.Metric.Unit)} … {Pretty.Value(f.Interval.High, f.Metric.Unit)}", Pretty.Percent(f.Spread),
        f.Ceiling is { } ceiling ? Pretty.Percent(ceiling.Share) : "", string.Join(' ', f.Flags),
    ];

    /// <summary>A whole curve in one line: its first and last point and how many there are between.</summary>
    static string[] Curve(List<Figure> points)
    {
        var axis = points[0].Probe.Axis!;
        var ordered = points.OrderBy(p => p.Parameters.Number(axis, 0)).ToList();
        string Point(Figure f) => $"{Pretty.Value(f.Median, f.Metric.Unit)} at {f.Parameters[axis]}";
        return
        [
            Named(points[0], points[0].Parameters.Without(axis)), points[0].Slice, When(points[0]), Point(ordered[0]), "→ " + Point(ordered[^1]),
            Pretty.Percent(ordered.Max(p => p.Spread)), string.Create(CultureInfo.InvariantCulture, $"{points.Count} points"),
            string.Join(' ', points.SelectMany(p => p.Flags).Distinct()),
        ];
    }

    /// <summary>The probe, its metric where that is not the main one, and the parameters that are not its defaults.</summary>
    static string Named(Figure figure, Parameters parameters)
    {
        var probe = figure.Probe;
        var own = parameters.Where(p => !probe.Parameters.Any(d => d.Name == p.Key && d.Default == p.Value)).Select(p => p.Value.IsWord ? p.Value.ToString() : $"{p.Key}={p.Value}");
        return string.Join(' ', own.Prepend(figure.Metric == probe.Main ? probe.Id : figure.Metric.Id));
    }

    static string When(Figure figure) => figure.Phase switch
    {
        Phase.Together => figure.IsJoint ? "as one" : "together",
        Phase.Interleaved => "interleaved",
        Phase.SoloBefore => "alone, before",
        Phase.SoloAfter => "alone, after",
        _ => "alone",
    };

    static void PrintFindings(IReadOnlyList<Finding> findings, string mark)
    {
        foreach (var group in FindingGroup.Of(findings))
        {
            var (first, more) = (group.Findings[0], group.Findings.Count - 1);
            var also = more > 0 ? string.Create(CultureInfo.InvariantCulture, $" (and {more} more)") : "";
            Terminal.Out.MarkupLineInterpolated($"[{Colour(first.Severity)}]{first.Severity.ToString().ToUpperInvariant(),-7}[/] {mark}{first.Subject}{also}: {first.Message} {first.Remedy}");
        }
    }

    static string Colour(Severity severity) => severity switch { Severity.Invalid => "red", Severity.Suspect => "yellow", _ => "grey" };

    static void PrintTime(RunData run)
    {
        var trials = run.Events.OfType<TrialDone>().ToList();
        if (run.Info.End is not { } end) return;
        var wall = (end - run.Info.Start).TotalSeconds;
        if (run.Info.Simulated)
        {
            Terminal.Out.MarkupLineInterpolated($"{trials.Count} trials, {run.Samples.Count} samples simulated in {Pretty.Time(wall)}; on a real device about {Pretty.Time(run.Plan.Seconds)}");
            return;
        }
        var timed = trials.Sum(t => t.TimedSeconds);
        Terminal.Out.MarkupLineInterpolated($"{trials.Count} trials, {run.Samples.Count} samples in {Pretty.Time(wall)}; {Pretty.Percent(1 - timed / wall)} of it outside timed regions, warm-up and required waits (estimated: {Pretty.Time(run.Plan.Seconds)})");
    }
}
