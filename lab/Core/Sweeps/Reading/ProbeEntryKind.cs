using System.Text.Json.Nodes;
using GpuLab.Model;

namespace GpuLab.Sweeps.Reading;

/// <summary>One entry of <c>probes</c>: a probe's id, or a map of the id and values for its parameters.</summary>
sealed class ProbeEntryKind : Kind<ProbeChoice>
{
    readonly WordKind<ProbeInfo> id;
    readonly Dictionary<string, Fields<List<KeyValuePair<string, IReadOnlyList<ParameterValue>>>>> entries;

    public ProbeEntryKind(IReadOnlyList<ProbeInfo> catalogue)
    {
        var allowance = new Allowance();
        id = new("probe", [.. catalogue.Select(p => KeyValuePair.Create(p.Id, p))]);
        entries = catalogue.ToDictionary(p => p.Id, p => Entry(p, allowance));
    }

    public override bool TryRead(Node node, Errors errors, out ProbeChoice value)
    {
        value = null!;
        if (node is not Node.Mapping map)
        {
            if (node is Node.Sequence) errors.Expected(node, "a probe, or a map with 'probe' and its parameters");
            if (node is not Node.Scalar || !id.TryRead(node, errors, out var bare)) return false;
            value = new(bare, []);
            return true;
        }
        var named = map.Entries.FirstOrDefault(e => e.Key.Text == "probe").Value;
        if (named is null)
        {
            errors.Add(map.Place, "the entry has no 'probe': it says which probe the values are for.");
            return false;
        }
        if (!id.TryRead(named, errors, out var probe)) return false;
        var axes = new List<KeyValuePair<string, IReadOnlyList<ParameterValue>>>();
        value = new(probe, axes);
        return entries[probe.Id].Read(node, errors, axes);
    }

    public override JsonObject Schema() => new()
    {
        ["anyOf"] = new JsonArray([id.Schema(), .. entries.Select(e => (JsonNode)e.Value.Schema())]),
    };

    static Fields<List<KeyValuePair<string, IReadOnlyList<ParameterValue>>>> Entry(ProbeInfo probe, Allowance allowance) => new($"an entry for {probe.Id}",
    [
        // Read already, because it decides about the other keys; here it gives the schema its constant.
        new("probe", probe.Summary, () => new() { ["const"] = probe.Id }, (_, _, _) => { }, Required: true),
        .. probe.Parameters.Select(p => Field<List<KeyValuePair<string, IReadOnlyList<ParameterValue>>>>.Of(
            p.Name, p.Summary, new AxisKind(p, allowance), (axes, values) => axes.Add(new(p.Name, values)))),
    ]);
}
