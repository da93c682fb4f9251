using GpuLab.Results;

namespace GpuLab.Reports.Comparison;

/// <summary>
/// What a cell means, free of the device that measured it: cells of two runs with equal keys are the same question.
/// The part that columns differ in is empty.
/// </summary>
/// <param name="Run">Label of the run; empty unless runs are rows.</param>
/// <param name="Layout">Of <see cref="Shapes"/>: the layout's name, or its shape where the runs' devices differ.</param>
/// <param name="Slice">Profile or shape and, among equals, its number from 1: <c>1g.18gb #3</c>.</param>
/// <param name="Parameters">As the sweep wrote them.</param>
public sealed record CellKey(string Run, string Layout, string Mode, string Slice, Phase? Phase, string Metric, string Parameters)
{
    /// <summary>What a person calls it: <c>mem.triad/bandwidth bytes=64MiB · 1c #1 of 2x1c, together</c>.</summary>
    public override string ToString()
    {
        var text = string.Join(" · ", new[] { string.Join(' ', new[] { Metric, Parameters }.Where(p => p.Length > 0)), Where }.Where(p => p.Length > 0));
        var whole = When.Length > 0 ? $"{text}, {When}" : text;
        return Run.Length > 0 ? $"{Run}: {whole}" : whole;
    }

    string Where => Layout.Length == 0 || Layout == Slice ? Slice : Slice.Length == 0 ? Layout : $"{Slice} of {Layout}";

    string When => Phase is not { } phase ? "" : phase == Results.Phase.Together && Mode == "joint" ? "as one" : phase.HasOthers() ? phase.Name() : Mode == "solo" ? "alone" : "alone, in a concurrent trial";

    /// <summary>Names for rows that stand together: what all of them share is left out, because it says nothing and a narrow plot has no room for it.</summary>
    internal static IReadOnlyList<string> Shortest(IReadOnlyList<CellKey> keys)
    {
        Func<CellKey, string>[] parts = [k => k.Run, k => k.Metric, k => k.Parameters, k => k.Where, k => k.When];
        var told = parts.Where(p => keys.Select(p).Distinct().Count() > 1).ToList();
        return [.. keys.Select(k => told.Count == 0 ? k.ToString() : string.Join(" · ", told.Select(p => p(k)).Where(t => t.Length > 0)))];
    }
}
