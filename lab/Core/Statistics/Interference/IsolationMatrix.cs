using GpuLab.Model;
using GpuLab.Results;

namespace GpuLab.Statistics;

/// <summary>What each slice of a layout loses beside each other: one matrix for each metric that victims were measured by (MEASUREMENT 5).</summary>
/// <param name="Victims">Names of the measured slices, in layout order: the rows.</param>
/// <param name="Aggressors">Who worked beside them: the columns. The first is nobody, where that was measured: it must show nothing.</param>
/// <param name="Cells">By row and column; null where a pair was not measured, such as a slice beside itself.</param>
public sealed record IsolationMatrix(string Layout, ProbeInfo Probe, Parameters Parameters, IReadOnlyList<string> Victims, IReadOnlyList<AggressorSet> Aggressors,
    IReadOnlyList<IReadOnlyList<Coupling?>> Cells)
{
    public Metric Metric => Probe.Main;

    /// <summary>Probe and parameters as a heading.</summary>
    public string Title => Parameters.Count == 0 ? Probe.Id : $"{Probe.Id} {Parameters}";
}

/// <summary>Slices that load something beside a victim.</summary>
/// <param name="Where">A slice's name, <c>all others</c>, or <c>none</c>.</param>
/// <param name="Work">Probe and parameters; empty where it is the victim's own.</param>
public sealed record AggressorSet(string Where, string Work)
{
    public const string None = "none", Others = "all others";

    /// <summary>The heading of its column.</summary>
    public string Name => Work.Length == 0 ? Where : $"{Work} on {Where}";
}

/// <summary>Sorts the couplings of mode matrix into matrices.</summary>
static class IsolationMatrices
{
    public static IReadOnlyList<IsolationMatrix> Of(PlanDocument plan, IReadOnlyList<Coupling> couplings)
    {
        var cells = plan.Cells.Where(c => c.Mode == "matrix").ToDictionary(c => c.Number);
        var places = plan.Layouts.DistinctBy(l => l.Layout).ToDictionary(l => l.Layout, l => (IReadOnlyList<string>)[.. l.Slices.Select(s => s.Name)]);
        // Where some aggressor does something else than its victim, every column says what is done.
        var own = cells.Values.All(c => c.Aggressors().All(a => IsOwn(c, a)));
        var found = couplings.Where(c => cells.ContainsKey(c.Together.Cell)).Select(c => (Coupling: c, Set: Set(cells[c.Together.Cell], places[c.Together.Layout], own)));
        return [.. found.GroupBy(f => (f.Coupling.Together.Layout, f.Coupling.Together.Probe, f.Coupling.Together.Parameters)).Select(g => Of(g.Key.Layout, g.Key.Probe, g.Key.Parameters, places[g.Key.Layout], [.. g]))];
    }

    static IsolationMatrix Of(string layout, ProbeInfo probe, Parameters parameters, IReadOnlyList<string> slices, List<(Coupling Coupling, AggressorSet Set)> found)
    {
        string[] victims = [.. found.Select(f => f.Coupling.Together.Slice).Distinct().OrderBy(s => Place(slices, s))];
        AggressorSet[] sets = [.. found.Select(f => f.Set).Distinct().OrderBy(s => s.Where switch { AggressorSet.None => -1, AggressorSet.Others => slices.Count, _ => Place(slices, s.Where) })];
        // A cell that two entries of the sweep give counts once.
        var at = found.GroupBy(f => (f.Coupling.Together.Slice, f.Set)).ToDictionary(g => g.Key, g => g.First().Coupling);
        return new(layout, probe, parameters, victims, sets, [.. victims.Select(v => (IReadOnlyList<Coupling?>)[.. sets.Select(s => at.GetValueOrDefault((v, s)))])]);
    }

    static AggressorSet Set(CellDocument cell, IReadOnlyList<string> slices, bool own)
    {
        var aggressors = cell.Aggressors();
        if (aggressors.Count == 0) return new(AggressorSet.None, "");
        var text = CellWorks.Text(aggressors[0].Parameters);
        return new(aggressors.Count > 1 && aggressors.Count == slices.Count - 1 ? AggressorSet.Others : string.Join('+', aggressors.Select(a => a.Slice)),
            own ? "" : text.Length == 0 ? aggressors[0].Probe : $"{aggressors[0].Probe} {text}");
    }

    static bool IsOwn(CellDocument cell, WorkDocument aggressor) => aggressor.Probe == cell.Probe && CellWorks.Text(aggressor.Parameters) == CellWorks.Text(cell.Parameters);

    static int Place(IReadOnlyList<string> slices, string slice) => slices.TakeWhile(s => s != slice).Count();
}
