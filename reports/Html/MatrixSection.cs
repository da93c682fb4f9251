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

    internal static Html Table(ReportModel model, IReadOnlyList<Coupling> couplings) => Html.Of($"""
        <details class="numbers"><summary>Verdicts, intervals and proof of overlap</summary><div class="scroll"><table class="sortable"><thead><tr><th>victim</th><th>what</th><th>beside</th><th>verdict</th><th class="n">kept</th><th>95 % interval</th><th class="n">shows from</th><th class="n">busy</th><th class="n">window</th><th class="n">skew</th><th>why</th></tr></thead><tbody>
        {couplings.OrderBy(c => c.Ratio.Log).Select(c => Row(model, c))}
        </tbody></table></div></details>
        """);

    static Html Row(ReportModel model, Coupling c)
    {
        var (f, interval) = (c.Together, c.Ratio.Interval(0.95));
        var why = model.Analysis.Interference.Attributions.TryGetValue(c, out var causes) ? string.Join(" ", causes.Select(a => a.Reason)) : "";
        return Html.Of($"<tr data-key=\"{model.Slice(f.Layout, f.Slice).Name}\"><td>{Parts.Slice(model, f.Layout, f.Slice)}</td>{Parts.Cell(ReportModel.Title(f.Probe, f.Parameters))}{Parts.Cell(f.Beside.Length > 0 ? f.Beside : f.Mode is "matrix" or "null" or "dial" ? "none" : "all at work")}<td>{c.Verdict.ToString()}</td>{Parts.Percent(c.Ratio.Ratio)}<td>{Pretty.Percent(interval.Low)} … {Pretty.Percent(interval.High)}</td>{Parts.Percent(c.Ratio.SmallestEffect)}{Parts.Percent(f.Proof?.Busy)}{Parts.Value(f.Proof?.Window ?? double.NaN, "s")}{Parts.Value(f.Proof?.Skew ?? double.NaN, "s")}{Parts.Cell($"{c.Verdict.Reason} {why}".TrimEnd())}</tr>");
    }

    static string Rate(IReadOnlyList<NullCheck> checks) => NullRate.Of(checks) is not { } rate ? ""
        : FormattableString.Invariant($" Of {rate.Comparisons} comparisons {rate.Alarms} came out different ({Pretty.Percent(rate.Share)}; chance alone gives up to 5 %) and {rate.Undecided} are undecided.");

    static Html Nulls(ReportModel model, IReadOnlyList<NullCheck> checks) => Html.Of($"""
        <p>The same cell twice, with nothing beside it: what the lab finds where there is nothing to find. Each must be ISOLATED, ISOLATED and SAME.{Rate(checks)}</p>
        <div class="scroll"><table class="sortable"><thead><tr><th>what</th><th>slice</th><th>A</th><th>B</th><th>A against B</th><th class="n">B ÷ A</th></tr></thead><tbody>
        {checks.Select(n => Html.Of($"<tr>{Parts.Cell(ReportModel.Title(n.First.Together.Probe, n.First.Together.Parameters))}<td>{Parts.Slice(model, n.First.Together.Layout, n.First.Together.Slice)}</td><td>{n.First.Verdict.ToString()}</td><td>{n.Second.Verdict.ToString()}</td><td>{n.Verdict.ToString()}</td>{Parts.Percent(n.Ratio.Ratio)}</tr>"))}
        </tbody></table></div>
        """);
}
