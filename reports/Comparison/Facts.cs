using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Reports.Comparison;

/// <summary>What probes reported while they prepared, by cell and slice.</summary>
static class Facts
{
    public static IReadOnlyDictionary<(int Cell, string Slice), IReadOnlyDictionary<string, string>> ByCell(RunData run) => run.Events.OfType<TrialReady>()
        .GroupBy(r => (Power.Cell(r.Trial), r.Slice)).ToDictionary(g => g.Key, g => g.First().Facts);

    public static string? Of(IReadOnlyDictionary<(int Cell, string Slice), IReadOnlyDictionary<string, string>> facts, Figure figure, string name) =>
        facts.GetValueOrDefault((figure.Cell, figure.Slice))?.GetValueOrDefault(name);
}
