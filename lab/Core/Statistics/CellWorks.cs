using GpuLab.Results;
using GpuLab.Sweeps;

namespace GpuLab.Statistics;

/// <summary>Who does what in a cell, as the plan's file keeps it.</summary>
static class CellWorks
{
    const int MostNamed = 3;

    /// <summary>What a slice does; null where the cell has no words about it, so that it does the cell's own probe.</summary>
    public static WorkDocument? WorkOf(this CellDocument cell, string slice) => cell.Works?.FirstOrDefault(w => w.Slice == slice);

    public static string ProbeOf(this CellDocument cell, string slice) => cell.WorkOf(slice)?.Probe ?? cell.Probe;

    public static Role RoleOf(this CellDocument cell, string slice) => cell.WorkOf(slice)?.Role == "aggressor" ? Role.Aggressor : Role.Victim;

    public static double DutyOf(this CellDocument cell, string slice) => cell.WorkOf(slice)?.Duty ?? 1;

    public static IReadOnlyList<WorkDocument> Aggressors(this CellDocument cell) => [.. (cell.Works ?? []).Where(w => w.Role == "aggressor")];

    public static string Text(IReadOnlyDictionary<string, ParameterDocument> parameters) => string.Join(' ', parameters.Select(p => $"{p.Key}={ParametersOf.Value(p.Value)}"));

    /// <summary>Who works beside a victim: <c>mem.copy on 1c@1</c>; empty where nobody does or all do the same.</summary>
    public static string Beside(this CellDocument cell, string victim)
    {
        if (cell.Mode == "mixed") return Joined((cell.Works ?? []).Where(w => w.Slice != victim));
        return cell.RoleOf(victim) == Role.Aggressor ? "" : Joined(cell.Aggressors());
    }

    static string Joined(IEnumerable<WorkDocument> works)
    {
        var groups = works.GroupBy(w => (w.Probe, Parameters: Text(w.Parameters), w.Duty));
        return string.Join(", ", groups.Select(g => $"{g.Key.Probe}{(g.Key.Parameters.Length > 0 ? $" {g.Key.Parameters}" : "")} on {Places([.. g.Select(w => w.Slice)])}{(g.Key.Duty < 1 ? $" at {Model.Units.Invariant(Math.Round(g.Key.Duty * 100, 6))}%" : "")}"));
    }

    /// <summary>Many are counted, or their names would hide what they do.</summary>
    static string Places(IReadOnlyList<string> slices) => slices.Count <= MostNamed ? string.Join('+', slices) : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{slices.Count} others");
}
