using GpuLab.Model;
using GpuLab.Results;
using GpuLab.Sweeps;

namespace GpuLab.Reports.Comparison;

/// <summary>Reasons why a difference would not mean what it seems to.</summary>
static class Fairness
{
    /// <summary>Facts that a probe reports of the size of what it works on.</summary>
    static readonly string[] sizeFacts = ["bytes", "array"];

    public static IReadOnlyList<string> Objections(IReadOnlyList<ComparedRun> runs, IReadOnlyList<ComparedCell> cells, IReadOnlyList<ProbeInfo> catalogue, Sizes sizes) =>
        [.. Nature(runs), .. Effort(runs, catalogue), .. sizes.All.Select(s => $"{s.Probe} was run with other values of '{s.Parameter}': {Listed(runs, s.Values)}."), .. Worked(runs, cells)];

    static IEnumerable<string> Nature(IReadOnlyList<ComparedRun> runs)
    {
        var simulated = runs.Where(r => r.Run.Info.Simulated).Select(r => r.Label).ToList();
        if (simulated.Count > 0 && simulated.Count < runs.Count)
            yield return $"{string.Join(", ", simulated)} {(simulated.Count == 1 ? "is" : "are")} simulated, the rest was measured: predictions are held against measurements.";
    }

    static IEnumerable<string> Effort(IReadOnlyList<ComparedRun> runs, IReadOnlyList<ProbeInfo> catalogue)
    {
        var efforts = runs.Select(r => Read(r.Run.Info, catalogue)).ToList();
        if (efforts.TrueForAll(e => e is not null) && efforts.Distinct().Count() > 1)
            yield return $"The runs measured with different effort: {Listed(runs, [.. efforts.Select(e => Name(e!))])}.";
    }

    static string Name(Stopping effort) => effort switch
    {
        _ when effort == Stopping.Quick => "quick",
        _ when effort == Stopping.Normal => "normal",
        _ when effort == Stopping.Reference => "reference",
        _ => $"{Pretty.Time(effort.MinTime)} to {Pretty.Time(effort.MaxTime)} a repeat, precision {(effort.Precision is { } p ? Pretty.Percent(p) : "of the probe")}",
    };

    static Stopping? Read(RunInfo info, IReadOnlyList<ProbeInfo> catalogue) => SweepReader.Read(info.Sweep, info.Name, catalogue).Sweep?.Stopping;

    static IEnumerable<string> Worked(IReadOnlyList<ComparedRun> runs, IReadOnlyList<ComparedCell> cells)
    {
        foreach (var probe in cells.GroupBy(c => c.Probe.Id))
        {
            foreach (var cell in probe)
            {
                var sides = cell.Sides.OfType<Side>().DistinctBy(s => s.Run.Label).ToList();
                if (sides.Count < 2 || sides.Exists(s => s.Figure.Parameters.Any(p => sizeFacts.Contains(p.Key)))) continue;
                var name = sizeFacts.FirstOrDefault(n => sides.Select(s => s.Run.Run.Fact(s.Figure, n)).Distinct().Count() > 1 && sides.TrueForAll(s => s.Run.Run.Fact(s.Figure, n) is not null));
                if (name is null) continue;
                yield return $"{probe.Key} worked on other sizes, chosen by itself: {string.Join(", ", sides.Select(s => $"{s.Run.Label} {s.Run.Run.Fact(s.Figure, name)}"))}.";
                break;
            }
        }
    }

    static string Listed(IReadOnlyList<ComparedRun> runs, IReadOnlyList<string> values) => string.Join(", ", runs.Zip(values, (r, v) => $"{r.Label} {v}"));
}
