using GpuLab.Model;
using GpuLab.Results;
using GpuLab.Sweeps;

namespace GpuLab.Statistics;

/// <summary>What a slice loses beside others that work at part of their own solo rate.</summary>
/// <param name="Aggressors">What they do and where, without the share.</param>
public sealed record DialCurve(string Layout, string Victim, ProbeInfo Probe, Parameters Parameters, string Aggressors, IReadOnlyList<DialPoint> Points);

/// <summary>One share.</summary>
/// <param name="Duty">Declared.</param>
/// <param name="Achieved">Work of the aggressors in the window ÷ what they do alone, mean over them; 0 where they were idle.</param>
public sealed record DialPoint(double Duty, double Achieved, Coupling Coupling);

/// <summary>Sorts the couplings of mode dial into curves.</summary>
static class DialCurves
{
    public static IReadOnlyList<DialCurve> Of(PlanDocument plan, IReadOnlyList<Figure> figures, IReadOnlyList<Coupling> couplings)
    {
        var cells = plan.Cells.Where(c => c.Mode == "dial").ToDictionary(c => c.Number);
        var beside = figures.Where(f => f.Role == Role.Aggressor && cells.ContainsKey(f.Cell)).ToLookup(f => f.Cell);
        return
        [
            .. couplings.Where(c => cells.ContainsKey(c.Together.Cell))
                .GroupBy(c => (c.Together.Layout, c.Together.Slice, c.Together.Probe, c.Together.Parameters, Aggressors: Name(cells[c.Together.Cell])))
                .Select(g => new DialCurve(g.Key.Layout, g.Key.Slice, g.Key.Probe, g.Key.Parameters, g.Key.Aggressors,
                    [.. g.Select(c => Point(c, cells[c.Together.Cell], beside[c.Together.Cell])).OrderBy(p => p.Duty)])),
        ];
    }

    static DialPoint Point(Coupling coupling, CellDocument cell, IEnumerable<Figure> aggressors)
    {
        var shares = aggressors.Where(f => f.Metric == f.Probe.Main).GroupBy(f => f.Slice).Select(Share).Where(double.IsFinite).ToList();
        var duty = cell.Aggressors().Select(a => a.Duty).DefaultIfEmpty(0).Max();
        return new(duty, duty == 0 ? 0 : shares.Count == 0 ? double.NaN : shares.Average(), coupling);
    }

    /// <summary>Of aggressors at full duty nothing was measured alone; they work back to back, so what they reach is what there is.</summary>
    static double Share(IGrouping<string, Figure> slice)
    {
        var (alone, together) = (slice.FirstOrDefault(f => f.Phase == Phase.Solo), slice.FirstOrDefault(f => f.Phase.HasOthers()));
        if (alone is null || together?.Proof is not { } proof) return double.NaN;
        return alone.Metric.Unit.EndsWith("/s", StringComparison.Ordinal) ? proof.Rate / alone.Median : double.NaN;
    }

    static string Name(CellDocument cell)
    {
        var aggressors = cell.Aggressors();
        return aggressors.Count == 0 ? "" : $"{aggressors[0].Probe}{(aggressors[0].Parameters.Count > 0 ? " " + CellWorks.Text(aggressors[0].Parameters) : "")} on {string.Join('+', aggressors.Select(a => a.Slice))}";
    }
}
