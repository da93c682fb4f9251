namespace GpuLab.Statistics;

/// <summary>Findings of one gate and severity: many cells share one cause, which is said once with how often.</summary>
public sealed record FindingGroup(Severity Severity, string Gate, IReadOnlyList<Finding> Findings)
{
    /// <summary>Worst first; within a severity the gate with the most findings first.</summary>
    public static IReadOnlyList<FindingGroup> Of(IEnumerable<Finding> findings) =>
    [
        .. findings.GroupBy(f => (f.Severity, f.Gate)).Select(g => new FindingGroup(g.Key.Severity, g.Key.Gate, [.. g]))
            .OrderByDescending(g => g.Severity).ThenByDescending(g => g.Findings.Count).ThenBy(g => g.Gate, StringComparer.Ordinal),
    ];
}
