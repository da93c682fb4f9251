using System.Globalization;
using GpuLab.Model;
using GpuLab.Statistics;
using Spectre.Console;

namespace GpuLab.Cli;

/// <summary>What slices do to each other, in the terminal: matrices, curves and the numbers of each layout.</summary>
static class MatrixView
{
    /// <summary>More columns do not fit a terminal: then only the worst of each row are shown.</summary>
    const int MostColumns = 9, MostRows = 40;

    public static void Print(Analysis analysis)
    {
        var found = analysis.Interference;
        var (mark, line) = (Marks.Title(analysis.Run.Info), Marks.Line(analysis.Run.Info));
        // Metrics that were measured beside the same aggressors share a table: what is kept has no unit.
        foreach (var group in found.Matrices.GroupBy(m => (m.Layout, Columns: string.Join('|', m.Aggressors.Select(a => a.Name)))))
            Print([.. group], $"layout {group.Key.Layout}: change of the victim beside an aggressor{mark}", line);
        foreach (var curve in found.Contention) Print(curve, mark);
        foreach (var dial in found.Dials) Print(dial, mark);
        // Of many checks the sum is told, and what went wrong.
        foreach (var check in found.Nulls.Where(n => n.Alarm || found.Nulls.Count <= MostColumns))
            Terminal.Out.MarkupLineInterpolated($"{line}null check, {check.First.Together.Probe.Id} on {check.First.Together.Slice} of {check.First.Together.Layout}: {check.First.Verdict} {check.Second.Verdict} {check.Verdict} ({Change(check.Ratio.Ratio)})");
        if (NullRate.Of(found.Nulls) is { } rate)
            Terminal.Out.MarkupLineInterpolated($"{line}{rate.Comparisons} comparisons of something with itself: {rate.Alarms} came out different ({Pretty.Percent(rate.Share)}; chance alone gives up to 5 %), {rate.Undecided} undecided.");
        foreach (var layout in found.Layouts) Print(layout, line);
        // Many couplings share one cause: the worst of them says it.
        foreach (var causes in found.Attributions.GroupBy(a => (a.Key.Together.Layout, a.Key.Together.Probe, Causes: string.Join(' ', a.Value.Select(c => c.Cause)))))
        {
            var (worst, more) = (causes.MinBy(c => c.Key.Ratio.Log), causes.Count() - 1);
            var also = more == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" (and {more} more)");
            Terminal.Out.MarkupLineInterpolated($"[grey]{line}{worst.Key.Together.Name}{also}: {string.Join(' ', worst.Value.Select(a => a.Reason))}[/]");
        }
    }

    static void Print(IReadOnlyList<IsolationMatrix> matrices, string title, string line)
    {
        var sets = matrices[0].Aggressors;
        var worst = sets.Count > MostColumns;
        var table = Table(title).AddColumn(new TableColumn("victim").NoWrap());
        var heading = Shorter(sets);
        foreach (var name in worst ? ["worst", "beside"] : sets.Select(heading)) table.AddColumn(new TableColumn(Markup.Escape(name)).RightAligned().NoWrap());
        foreach (var (matrix, row) in matrices.SelectMany(m => m.Victims.Select((_, i) => (m, i))).Take(MostRows))
        {
            var cells = matrix.Cells[row];
            var name = Markup.Escape($"{matrix.Title} on {matrix.Victims[row]}");
            if (!worst) table.AddRow([name, .. cells.Select(Cell)]);
            else if (cells.OfType<Coupling>().Where(c => double.IsFinite(c.Ratio.Log)).MinBy(c => c.Ratio.Log) is { } least) table.AddRow(name, Cell(least), Markup.Escape(least.Together.Beside));
        }
        Terminal.Out.Write(table);
        var couplings = matrices.SelectMany(m => m.Cells).SelectMany(r => r).OfType<Coupling>().ToList();
        var verdicts = couplings.CountBy(c => c.Verdict.Kind).OrderByDescending(v => v.Value).Select(v => string.Create(CultureInfo.InvariantCulture, $"{v.Value} {v.Key.ToString().ToUpperInvariant()}"));
        var proofs = couplings.Select(c => c.Together.Proof).OfType<OverlapProof>().ToList();
        Terminal.Out.MarkupLineInterpolated($"{line}{string.Join(", ", verdicts)} (I isolated, C coupled, F faster, ? undecided, X invalid).{Proven(proofs)}");
    }

    static string Proven(List<OverlapProof> proofs) => proofs.Count == 0 ? ""
        : $" Overlap: busy at least {Pretty.Percent(proofs.Min(p => p.Busy))} of windows of at least {Pretty.Time(proofs.Min(p => p.Window))}, start skew at most {Pretty.Time(proofs.Max(p => p.Skew))}.";

    static void Print(ContentionCurve curve, string mark)
    {
        var (unit, table) = (curve.Probe.Main.Unit, Table($"layout {curve.Layout}: {curve.Probe.Id} {curve.Parameters} on one slice and more{mark}"));
        foreach (var column in (string[])["slices", "all together", "of ideal", "worst keeps", "fairness"]) table.AddColumn(new TableColumn(column).RightAligned().NoWrap());
        table.AddColumn("flags");
        foreach (var point in curve.Points)
        {
            table.AddRow(point.Slices.ToString(CultureInfo.InvariantCulture), Pretty.Value(point.Aggregate, unit), Pretty.Percent(Share(curve.Probe.Main, point)), Pretty.Percent(point.Worst), Pretty.Digits(point.Jain), string.Join(' ', point.Doubts));
        }
        Terminal.Out.Write(table);
    }

    static double Share(Metric metric, ContentionPoint point) => metric.Better == Better.Higher ? point.Aggregate / point.Ideal : point.Ideal / point.Aggregate;

    static void Print(DialCurve dial, string mark)
    {
        var table = Table($"{dial.Probe.Id} {dial.Parameters} on {dial.Victim} of {dial.Layout}, beside {dial.Aggressors}{mark}");
        foreach (var column in (string[])["asked", "achieved", "change", "verdict"]) table.AddColumn(new TableColumn(column).RightAligned().NoWrap());
        foreach (var point in dial.Points)
            table.AddRow(Pretty.Percent(point.Duty), Pretty.Percent(point.Achieved), Change(point.Coupling.Ratio.Ratio), point.Coupling.Verdict.ToString());
        Terminal.Out.Write(table);
    }

    static void Print(LayoutIndex layout, string line)
    {
        var sums = layout.Probes.Where(p => p.SumOverWhole is not null).Select(p => $"{p.Probe.Id} {Pretty.Percent(p.SumOverWhole!.Value)}").ToList();
        var taxes = layout.Probes.Where(p => p.Tax is not null).Select(p => $"{p.Probe.Id} {Pretty.Percent(p.Tax!.Value)}").ToList();
        var worst = layout.Probes.MinBy(p => p.Worst)!;
        var text = $"{line}layout {layout.Layout}:";
        if (taxes.Count == 0) text += $" isolation index {Pretty.Percent(layout.Isolation)}{ByResource(layout)}; worst case {Change(worst.Worst)}, {worst.WorstCase.Name}";
        var shared = layout.Probes.Where(p => p.Together is not null).Select(p => Together(p.Probe.Id, p.Together!)).ToList();
        if (shared.Count > 0) text += $"; all at the same work: {string.Join(", ", shared)}";
        if (sums.Count > 0) text += $"; sum of slices ÷ whole: {string.Join(", ", sums)}";
        if (taxes.Count > 0) text += $" partition tax: {string.Join(", ", taxes)}";
        Terminal.Out.MarkupLineInterpolated($"{text}.");
    }

    /// <summary>Of one resource the index says it all.</summary>
    static string ByResource(LayoutIndex layout) => layout.Resources.Count < 2 ? ""
        : $" ({string.Join(", ", layout.Resources.Select(r => $"{r.Resource.ToString().ToLowerInvariant()} {Pretty.Percent(r.Isolation)}"))})";

    static string Together(string probe, TogetherIndex all) => string.Create(CultureInfo.InvariantCulture,
        $"{probe} total progress {all.Throughput:0.00} of {all.Slices}, fairness {all.Jain:0.000}");

    static string Cell(Coupling? coupling) => coupling is null ? "–" : $"[{Colour(coupling.Verdict.Kind)}]{Change(coupling.Ratio.Ratio)} {Letter(coupling.Verdict.Kind)}[/]";

    static string Letter(VerdictKind kind) => kind switch { VerdictKind.Undecided => "?", VerdictKind.Invalid => "X", _ => kind.ToString()[..1] };

    /// <summary>Where many columns are slices of one profile, their places tell them apart; work is said on a line of its own.</summary>
    static Func<AggressorSet, string> Shorter(IReadOnlyList<AggressorSet> sets)
    {
        var profiles = sets.Where(s => s.Where.Contains('@', StringComparison.Ordinal)).Select(s => s.Where[..s.Where.IndexOf('@', StringComparison.Ordinal)]).Distinct().ToList();
        var places = profiles.Count == 1 && sets.Count > 5;
        return s => (s.Work.Length == 0 ? "" : $"{s.Work.Replace(' ', '\n')}\n") + (places && s.Where.StartsWith(profiles[0], StringComparison.Ordinal) ? s.Where[profiles[0].Length..] : s.Where == AggressorSet.Others ? "others" : s.Where);
    }

    static string Colour(VerdictKind kind) => kind switch { VerdictKind.Coupled => "red", VerdictKind.Isolated => "green", VerdictKind.Invalid => "red", VerdictKind.Faster => "blue", _ => "grey" };

    static string Change(double ratio) => double.IsFinite(ratio) ? $"{(ratio >= 1 ? "+" : "−")}{Pretty.Percent(Math.Abs(ratio - 1))}" : "–";

    static Table Table(string title) => new Table().Border(TableBorder.Simple).Title(Markup.Escape(title), new Style(decoration: Decoration.Bold));
}
