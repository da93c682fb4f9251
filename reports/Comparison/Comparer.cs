using System.Globalization;
using GpuLab.Model;
using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Reports.Comparison;

/// <summary>What is asked of a comparison.</summary>
/// <param name="By">What columns differ in; see <see cref="RunComparison.By"/>.</param>
/// <param name="Accept">Match cells across sizes that differ, where there is one size on either side.</param>
/// <param name="Only">Words that must all occur in a cell's name; empty for all cells.</param>
public sealed record ComparisonRequest(string By = "run", bool Accept = false, IReadOnlyList<string>? Only = null)
{
    internal bool Wanted(string name) => Only is null || Only.All(w => name.Contains(w, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Matches the cells of runs by meaning and holds the columns against the first.</summary>
public static class Comparer
{
    static readonly string[] fixedAxes = ["run", "layout", "mode", "slice", "phase"];

    /// <summary>What columns can differ in, given these runs.</summary>
    public static IReadOnlyList<string> Axes(IReadOnlyList<RunFigures> runs) => [.. fixedAxes, .. runs.SelectMany(r => r.Figures).SelectMany(f => f.Parameters).Select(p => p.Key).Distinct().Order(StringComparer.Ordinal)];

    /// <param name="catalogue">Probes by which the sweeps of the runs are read, to tell their effort.</param>
    public static RunComparison Compare(IReadOnlyList<RunFigures> runs, IReadOnlyList<ProbeInfo> catalogue, ComparisonRequest request)
    {
        var byShape = runs.Select(r => r.Info.DeviceName).Distinct().Count() > 1;
        var compared = runs.Select((r, i) => new ComparedRun(Label(i), r, Hardware.Of(r.Info))).ToList();
        var sizes = Sizes.Disjoint(runs, request.By);
        var entries = compared.SelectMany(r => Entries(r, new(r.Run.Plan, byShape), request, sizes)).ToList();
        var columns = Columns(entries, request.By, compared);
        var rows = Rows(entries, columns);
        if (request.By != "run" && Meeting(rows, columns) is { } first)
        {
            columns = [first, .. columns.Where(c => c != first)];
            rows = Rows(entries, columns);
        }
        var matched = rows.Where(r => r.Value.Count(s => s is not null) > 1).ToList();
        var outcomes = Enumerable.Range(0, columns.Count).Select(i => i == 0 ? [] : Judged(matched, i)).ToList();
        var cells = matched.Select((r, n) => new ComparedCell(r.Key, First(r.Value).Figure.Probe, First(r.Value).Figure.Metric, r.Value, [.. Enumerable.Range(0, columns.Count).Select(i => i == 0 ? null : outcomes[i][n])])).ToList();
        var alone = columns.Select((_, i) => rows.Values.Count(s => s[i] is not null && s.Count(o => o is not null) == 1)).ToList();
        var (subject, differences) = Differing.Between(compared, cells, request.By);
        return new(compared, request.By, columns, cells, alone, subject, differences, Fairness.Objections(compared, cells, catalogue, sizes));
    }

    static Dictionary<CellKey, Side?[]> Rows(List<Entry> entries, List<string> columns)
    {
        var places = columns.Select((c, i) => (c, i)).ToDictionary(c => c.c, c => c.i);
        var rows = new Dictionary<CellKey, Side?[]>();
        foreach (var e in entries)
        {
            if (!rows.TryGetValue(e.Key, out var sides)) rows[e.Key] = sides = new Side?[columns.Count];
            sides[places[e.Column]] ??= e.Side;
        }
        return rows;
    }

    /// <summary>
    /// The column to hold the others against where the first has no cell in common with any, such as a layout whose slices no other has: the one with the most; null
    /// where the first will do, or none would.
    /// </summary>
    static string? Meeting(Dictionary<CellKey, Side?[]> rows, List<string> columns)
    {
        var matched = rows.Values.Where(s => s.Count(o => o is not null) > 1).ToList();
        if (matched.Count == 0 || matched.Exists(s => s[0] is not null)) return null;
        return columns[Enumerable.Range(0, columns.Count).MaxBy(i => matched.Count(s => s[i] is not null))];
    }

    static Side First(IReadOnlyList<Side?> sides) => sides.First(s => s is not null)!;

    static string Label(int i) => i < 26 ? ((char)('A' + i)).ToString() : string.Create(CultureInfo.InvariantCulture, $"R{i + 1}");

    sealed record Entry(CellKey Key, string Column, double Order, Side Side);

    static IEnumerable<Entry> Entries(ComparedRun run, Shapes shapes, ComparisonRequest request, Sizes sizes)
    {
        var (plan, by) = (run.Run.Plan, request.By);
        var slices = plan.Layouts.SelectMany(l => l.Slices, (l, s) => (l.Layout, Slice: s)).DistinctBy(s => (s.Layout, s.Slice.Name)).ToDictionary(s => (s.Layout, s.Slice.Name), s => s.Slice);
        foreach (var f in run.Run.Figures.Where(f => f.Metric.Id == f.Probe.Main.Id))
        {
            var parameters = f.Parameters.Without(by);
            if (request.Accept) parameters = sizes.Without(f.Probe.Id, parameters);
            var key = new CellKey(run.Label, shapes.Layout(f.Layout), f.Mode, shapes.Slice(f.Layout, f.Slice), f.Phase, f.Metric.Id, parameters.ToString());
            var (column, order) = by switch
            {
                "run" => (key.Run, 0),
                "layout" => (key.Layout, 0),
                "mode" => (key.Mode, 0),
                "slice" => (key.Slice, 0),
                "phase" => (f.Phase.HasOthers() ? f.Phase.Name() : "alone", (double)f.Phase),
                _ => f.Parameters[by] is { } value ? (value.ToString(), value.IsWord ? 0 : value.Number) : ("", double.NaN),
            };
            if (double.IsNaN(order)) continue;
            key = by switch { "run" => key with { Run = "" }, "layout" => key with { Layout = "" }, "mode" => key with { Mode = "" }, "slice" => key with { Slice = "" }, "phase" => key with { Phase = null }, _ => key };
            if (!request.Wanted(key.ToString())) continue;
            yield return new(key, column, order, new(run, f, Normalised.Of(f, slices.GetValueOrDefault((f.Layout, f.Slice)), plan, run.Hardware, run.Run.Power.TryGetValue(f.Cell, out var power) ? power : null)));
        }
    }

    static List<string> Columns(List<Entry> entries, string by, List<ComparedRun> runs) =>
        by == "run" ? [.. runs.Select(r => r.Label)] : [.. entries.GroupBy(e => e.Column).OrderBy(g => g.First().Order).Select(g => g.Key)];

    /// <summary>All cells of a column are one family of questions.</summary>
    static Outcome?[] Judged(List<KeyValuePair<CellKey, Side?[]>> rows, int column)
    {
        var asked = Enumerable.Range(0, rows.Count).Where(n => rows[n].Value[0] is not null && rows[n].Value[column] is not null).ToArray();
        var family = asked.AsParallel().AsOrdered().Select(n => Contrast(rows[n].Value[0]!, rows[n].Value[column]!)).ToArray();
        var verdicts = Verdicts.Comparisons(family);
        var intervals = family.AsParallel().AsOrdered().Select(c => c.Ratio.Interval(0.95)).ToArray();
        var outcomes = new Outcome?[rows.Count];
        for (var j = 0; j < asked.Length; j++)
        {
            var (first, second) = (rows[asked[j]].Value[0]!, rows[asked[j]].Value[column]!);
            outcomes[asked[j]] = new(family[j].Ratio, intervals[j], verdicts[j], Factors.Of(first.Figure.Probe, first, second, family[j].Ratio.Ratio));
        }
        return outcomes;
    }

    static Contrast Contrast(Side a, Side b)
    {
        var invalid = new[] { a, b }.FirstOrDefault(s => s.Figure.Worst == Severity.Invalid);
        return new(LogRatio.Unpaired(a.Figure.RepeatMedians, b.Figure.RepeatMedians, a.Figure.Metric.Better),
            Invalid: invalid is null ? null : $"{invalid.Run.Label}: {invalid.Figure.Name} is not valid ({string.Join(", ", invalid.Figure.Flags)}).");
    }
}
