using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Reports.Comparison;

/// <summary>Many verdicts in few rows: by probe, by alone or together, by column.</summary>
static class Summaries
{
    public static IReadOnlyList<GroupSummary> Of(IReadOnlyList<ComparedCell> cells, IReadOnlyList<string> columns) =>
    [
        .. cells.GroupBy(c => (c.Key.Metric, c.Key.Phase)).SelectMany(g => Enumerable.Range(1, Math.Max(0, columns.Count - 1)).Select(i => Of(g.Key.Metric, g.Key.Phase, columns[i], [.. g.Select(c => c.Outcomes[i]).OfType<Outcome>()])))
            .Where(s => s.Cells > 0),
    ];

    static GroupSummary Of(string metric, Phase? phase, string column, IReadOnlyList<Outcome> outcomes)
    {
        var logs = outcomes.Where(o => double.IsFinite(o.Ratio.Log) && o.Verdict.Kind != VerdictKind.Invalid).Select(o => o.Ratio.Log).ToList();
        double Of(Func<List<double>, double> f) => logs.Count == 0 ? double.NaN : Math.Exp(f(logs));
        return new(metric, phase is not { } when ? "" : when.HasOthers() ? when.Name() : "alone", column, outcomes.CountBy(o => o.Verdict.Kind).ToDictionary(), Of(l => l.Average()), Of(l => l.Min()), Of(l => l.Max()));
    }
}
