using GpuLab.Model;
using GpuLab.Results;

namespace GpuLab.Statistics;

/// <summary>Puts the events and readings of a run beside the cells they belong to.</summary>
static class CellEvidences
{
    /// <summary>Cells in the order of the plan; one without finished trials has none.</summary>
    public static IReadOnlyList<CellEvidence> Of(RunData run)
    {
        // A trial that was resumed has its events twice; the last ones are those of the samples that were kept.
        var done = run.Events.OfType<TrialDone>().GroupBy(d => d.Trial).Select(g => g.Last()).ToList();
        var ready = run.Events.OfType<TrialReady>().ToLookup(r => r.Trial);
        var windows = run.Events.OfType<TrialWindow>().Where(w => w.Phase == Phase.Together).ToLookup(w => w.Trial);
        var telemetry = run.Telemetry.ToLookup(t => t.Trial);
        var trials = done.Select(d => (Id: TrialId(d.Trial), Done: d)).Where(t => t.Id is not null).ToLookup(t => t.Id!.Value.Cell, t => Trial(t.Done, t.Id!.Value.Repeat));
        return [.. run.Plan.Cells.Select(c => new CellEvidence(c, Name(c), [.. trials[c.Number].OrderBy(t => t.Repeat)]))];

        TrialEvidence Trial(TrialDone d, int repeat) => new(d, repeat, ready[d.Trial].GroupBy(r => r.Slice).ToDictionary(g => g.Key, g => g.Last()),
            windows[d.Trial].LastOrDefault(), [.. telemetry[d.Trial]]);
    }

    static string Name(CellDocument cell) =>
        FigureName.Of(cell.Probe, string.Join(' ', cell.Parameters.Select(p => $"{p.Key}={ParametersOf.Value(p.Value)}")), cell.Slice, cell.Layout, cell.Mode.ToLowerInvariant())
        + (cell.Aggressors() is [_, ..] && cell.Slice is { } victim ? $" beside {cell.Beside(victim)}" : "");

    /// <summary>Reads <c>c12r3</c>.</summary>
    internal static (int Cell, int Repeat)? TrialId(string id)
    {
        var r = id.IndexOf('r', StringComparison.Ordinal);
        return id.Length > 0 && id[0] == 'c' && r > 0 && int.TryParse(id.AsSpan(1, r - 1), out var cell) && int.TryParse(id.AsSpan(r + 1), out var repeat) ? (cell, repeat) : null;
    }
}

/// <summary>Parameters of a cell as the plan's file keeps them, turned back.</summary>
static class ParametersOf
{
    public static Parameters Cell(CellDocument cell, string slice, ProbeInfo probe)
    {
        var parameters = cell.WorkOf(slice)?.Parameters ?? cell.Parameters;
        var order = probe.Parameters.Select((p, i) => (p.Name, i)).ToDictionary(p => p.Name, p => p.i);
        return new([.. parameters.OrderBy(p => order.GetValueOrDefault(p.Key, int.MaxValue)).Select(p => KeyValuePair.Create(p.Key, Value(p.Value)))]);
    }

    public static ParameterValue Value(ParameterDocument document)
    {
        var type = Enum.TryParse<ParameterType>(document.Type, ignoreCase: true, out var known) ? known : document.Word is null ? ParameterType.Count : ParameterType.Text;
        return new(type, document.Word is null ? document.Number : double.NaN, document.Word);
    }
}
