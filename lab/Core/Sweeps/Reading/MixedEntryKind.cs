using System.Text.Json.Nodes;
using GpuLab.Model;

namespace GpuLab.Sweeps.Reading;

/// <summary>One entry of <c>mixed</c>: an entry of <c>probes</c> with one value a parameter, and the slice that carries it out.</summary>
sealed class MixedEntryKind(IReadOnlyList<ProbeInfo> catalogue) : Kind<MixedWork>
{
    static readonly TextKind Slice = new("a slice: its name (1c@0), its profile (1c) or others", "^\\S+$", 64);

    readonly ProbeEntryKind work = new(catalogue);

    public override bool TryRead(Node node, Errors errors, out MixedWork value)
    {
        value = null!;
        if (node is not Node.Mapping map)
        {
            errors.Expected(node, "a map with 'slice', 'probe' and its parameters");
            return false;
        }
        var named = map.Entries.FirstOrDefault(e => e.Key.Text == "slice").Value;
        if (named is null)
        {
            errors.Add(map.Place, "the entry has no 'slice': it says who carries the workload out, such as 1c@0, 1c or others.");
            return false;
        }
        if (!Slice.TryRead(named, errors, out var slice)) return false;
        if (!work.TryRead(map with { Entries = [.. map.Entries.Where(e => e.Value != named)] }, errors, out var choice)) return false;
        if (choice.Axes.FirstOrDefault(a => a.Value.Count != 1) is { Key: { } several })
        {
            errors.Add(map.Place, $"'{several}' has several values: a workload of 'mixed' has one for each parameter.");
            return false;
        }
        value = new(slice, choice.Probe, Expanding.ProbePoints.Of(choice).Points[0]);
        return true;
    }

    public override JsonObject Schema()
    {
        var entries = new JsonArray();
        foreach (var entry in ((JsonArray)work.Schema()["anyOf"]!).OfType<JsonObject>().Where(e => e["properties"] is JsonObject))
        {
            var own = (JsonObject)entry.DeepClone();
            own["properties"]!["slice"] = Slice.Schema();
            own["required"] = new JsonArray("slice", "probe");
            entries.Add(own);
        }
        return new() { ["anyOf"] = entries };
    }
}
