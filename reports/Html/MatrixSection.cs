using GpuLab.Model;
using GpuLab.Reports.Plots;
using GpuLab.Statistics;

namespace GpuLab.Reports.Html;

/// <summary>The isolation matrix: what each victim loses beside each aggressor, with a verdict for every cell and the proof of overlap.</summary>
static class MatrixSection
{
    const int MostRowsInOnePlot = 42;

    public static Section? Of(ReportModel model)
    {
        var found = model.Analysis.Interference;
        if (found.Matrices.Count == 0 && found.Nulls.Count == 0) return null;
        var groups = found.Matrices.GroupBy(m => (m.Layout, Columns: string.Join('|', m.Aggressors.Select(a => a.Name))));
        return new("matrix", "Isolation", Html.Of($"{groups.SelectMany(g => Plots(model, [.. g]))}{Html.When(found.Nulls.Count > 0, () => Nulls(model, found.Nulls))}"));
    }

    /// <summary>Of several victims a plot for each work, with the slices as rows; of one victim a single plot, with its works as rows.</summary>
    static IEnumerable<Html> Plots(ReportModel model, IReadOnlyList<IsolationMatrix> matrices)
    {
        var victims = matrices.SelectMany(m => m.Victims).Distinct().ToList();
        if (victims.Count == 1)
            return matrices.Chunk(MostRowsInOnePlot).Select(some => Matrix(model, $"{victims[0]} of {matrices[0].Layout} beside aggressors", "what it does", [.. some.Select(m => (model.Brief(m.Probe, m.Parameters), m, 0))]));
        return matrices.SelectMany(m => m.Victims.Select((v, i) => (v, m, i)).Chunk(MostRowsInOnePlot), (m, rows) => Matrix(model, $"{m.Title} beside aggressors, layout {m.Layout}", "victim", rows));
    }

    static Html Matrix(ReportModel model, string title, string rowsAre, (string Name, IsolationMatrix Matrix, int Row)[] rows)
    {
        var columns = rows[0].Matrix.Aggressors;
        List<IReadOnlyList<double>> lost = [.. rows.Select(r => (IReadOnlyList<double>)[.. r.Matrix.Cells[r.Row].Select(c => c is null || c.Verdict.Kind == VerdictKind.Invalid ? double.NaN : 1 - c.Ratio.Ratio)])];
        var most = lost.SelectMany(r => r).Where(double.IsFinite).DefaultIfEmpty(0).Max();
        var (axis, names) = Named(columns);
        var plot = new Plot(title, new Band(axis, names), new Band(rowsAre, [.. rows.Select(r => r.Name)]), new Cells("lost", lost, "%", 0, Math.Max(0.1, most)) { Signs = [.. rows.Select(r => (IReadOnlyList<string>)[.. r.Matrix.Cells[r.Row].Select(Sign)])] })
        { Simulated = model.Simulated, Aspect = Math.Clamp(0.12 + 0.045 * rows.Length, 0.25, 1.6), Description = "Rows are victims, columns aggressors; 0 is isolation, and the first column, beside none, must be 0." };
        var couplings = rows.SelectMany(r => r.Matrix.Cells[r.Row]).OfType<Coupling>().ToList();
        return Html.Of($"{Parts.Plot(model, plot, $"Per cent of its solo performance that the victim loses, for rates and times alike: 0 is isolation; below 0 it gains. {Verdicts(couplings)}{Signs(couplings)}")}{Table(model, couplings)}");
    }

    /// <summary>What all columns share is said once, and parameters only where they tell columns apart: the table has all of it.</summary>
    static (string Axis, IReadOnlyList<string> Names) Named(IReadOnlyList<AggressorSet> columns)
    {
        var works = columns.Where(c => c.Work.Length > 0).ToList();
        var places = works.Select(c => c.Where).Distinct().ToList();
        if (places.Count != 1) return ("aggressor", [.. columns.Select(c => c.Name)]);
        var probes = works.Select(c => c.Work.Split(' ')[0]).ToList();
        var apart = probes.Distinct().Count() == probes.Count;
        return ($"aggressor on {places[0]}", [.. columns.Select(c => c.Work.Length == 0 ? c.Name : apart ? c.Work.Split(' ')[0] : c.Work)]);
    }

    static string Sign(Coupling? coupling) => coupling?.Verdict.Kind switch { VerdictKind.Undecided => "?", VerdictKind.Invalid => "×", _ => "" };

    /// <summary>Explains the signs that there are.</summary>
    static string Signs(IReadOnlyList<Coupling> couplings)
    {
        string[] said = [.. couplings.Select(c => c.Verdict.Kind).Distinct().Order().Select(k => k switch { VerdictKind.Undecided => "? undecided", VerdictKind.Invalid => "× not valid", _ => "" }).Where(s => s.Length > 0)];
        return said.Length == 0 ? "" : $" {string.Join(", ", said)}.";
    }

    static string Verdicts(IReadOnlyList<Coupling> couplings) =>
        string.Join(", ", couplings.CountBy(c => c.Verdict.Kind).OrderByDescending(v => v.Value).Select(v => FormattableString.Invariant($"{v.Value} {v.Key.ToString().ToUpperInvariant()}"))) + ".";

    internal static Html Table(ReportModel model, IReadOnlyList<Coupling> couplings)
    {
        IReadOnlyList<Coupling> rows = [.. couplings.OrderBy(c => c.Ratio.Log)];
        var table = SortableTable.Lit(rows, c => model.Slice(c.Together.Layout, c.Together.Slice).Name,
            new("victim", c => Parts.Marked(Parts.Slice(model, c.Together.Layout, c.Together.Slice))),
            new("what", c => Parts.Cell(ReportModel.Title(c.Together.Probe, c.Together.Parameters))),
            new("beside", c => Parts.Cell(Beside(c.Together))),
            new("verdict", c => Parts.Cell(c.Verdict.ToString())),
            new("kept", c => Parts.Percent(c.Ratio.Ratio), true),
            new("95 % interval", c => Parts.Cell(c.Ratio.Interval(0.95) is var interval ? $"{Pretty.Percent(interval.Low)} … {Pretty.Percent(interval.High)}" : "")),
            new("shows from", c => Parts.Percent(c.Ratio.SmallestEffect), true),
            new("busy", c => Parts.Percent(c.Together.Proof?.Busy), true),
            new("window", c => Parts.Value(c.Together.Proof?.Window ?? double.NaN, "s"), true),
            new("skew", c => Parts.Value(c.Together.Proof?.Skew ?? double.NaN, "s"), true),
            new("why", c => Parts.Cell(Why(model, c))));
        return Html.Of($"<details class=\"numbers\"><summary>Verdicts, intervals and proof of overlap</summary>{table}</details>");
    }

    static string Beside(Figure f) => f.Beside.Length > 0 ? f.Beside : f.Mode is "matrix" or "null" or "dial" ? "none" : "all at work";

    static string Why(ReportModel model, Coupling c)
    {
        var why = model.Analysis.Interference.Attributions.TryGetValue(c, out var causes) ? string.Join(" ", causes.Select(a => a.Reason)) : "";
        return $"{c.Verdict.Reason} {why}".TrimEnd();
    }

    static string Rate(IReadOnlyList<NullCheck> checks) => NullRate.Of(checks) is not { } rate ? ""
        : FormattableString.Invariant($" Of {rate.Comparisons} comparisons {rate.Alarms} came out different ({Pretty.Percent(rate.Share)}; chance alone gives up to 5 %) and {rate.Undecided} are undecided.");

    static Html Nulls(ReportModel model, IReadOnlyList<NullCheck> checks) => Html.Of($"""
        <p>The same cell twice, with nothing beside it: what the lab finds where there is nothing to find. Each must be ISOLATED, ISOLATED and SAME.{Rate(checks)}</p>
        {SortableTable.Of(checks,
            new("what", n => Parts.Cell(ReportModel.Title(n.First.Together.Probe, n.First.Together.Parameters))),
            new("slice", n => Parts.Marked(Parts.Slice(model, n.First.Together.Layout, n.First.Together.Slice))),
            new("A", n => Parts.Cell(n.First.Verdict.ToString())),
            new("B", n => Parts.Cell(n.Second.Verdict.ToString())),
            new("A against B", n => Parts.Cell(n.Verdict.ToString())),
            new("B ÷ A", n => Parts.Percent(n.Ratio.Ratio), true))}
        """);
}
