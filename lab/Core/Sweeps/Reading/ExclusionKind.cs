using System.Text.Json.Nodes;
using GpuLab.Model;

namespace GpuLab.Sweeps.Reading;

/// <summary>One entry of <c>exclude</c>: conditions that a cell meets all of.</summary>
sealed class ExclusionKind(IReadOnlyList<ProbeInfo> catalogue) : Kind<Exclusion>
{
    readonly Fields<List<KeyValuePair<string, Condition>>> any = Entry("an exclude entry", catalogue, catalogue);

    public override bool TryRead(Node node, Errors errors, out Exclusion value)
    {
        var conditions = new List<KeyValuePair<string, Condition>>();
        value = new(conditions);
        if (node is Node.Mapping { Entries: [] })
        {
            errors.Add(node.Place, "an exclude entry without conditions would leave nothing to measure.");
            return false;
        }
        return FieldsFor(node).Read(node, errors, conditions);
    }

    public override JsonObject Schema()
    {
        var schema = any.Schema();
        schema["minProperties"] = 1;
        return schema;
    }

    /// <summary>Where an entry names its probes, only their parameters make sense in it.</summary>
    Fields<List<KeyValuePair<string, Condition>>> FieldsFor(Node node)
    {
        var named = node is Node.Mapping map ? map.Entries.FirstOrDefault(e => e.Key.Text == "probe").Value : null;
        IEnumerable<Node> ids = named is Node.Sequence list ? list.Items : named is null ? [] : [named];
        var words = ids.OfType<Node.Scalar>().Select(s => s.Text).ToHashSet();
        ProbeInfo[] probes = [.. catalogue.Where(p => words.Contains(p.Id))];
        return probes.Length == 0 ? any : Entry($"an exclude entry for {string.Join(' ', probes.Select(p => p.Id))}", catalogue, probes);
    }

    static Fields<List<KeyValuePair<string, Condition>>> Entry(string what, IReadOnlyList<ProbeInfo> catalogue, IReadOnlyList<ProbeInfo> probes)
    {
        var parameters = probes.SelectMany(p => p.Parameters).GroupBy(p => p.Name).ToArray();
        return new(what,
        [
            Condition("probe", "the probe", Words("probe", catalogue.Select(p => p.Id)), false),
            Condition("layout", "the layout", new LayoutKind().As(layout => ParameterValue.Of(layout.ToString())), false),
            Condition("mode", "the mode", Words("mode", Modes.All.Select(m => m.Word)), false),
            Condition("slice", "the slice measured alone, by name (1c@0) or profile (1c)", new TextKind("a slice such as 1c@0 or 1c", "^\\S+$", 64).As(ParameterValue.Of), false),
            .. parameters.Select(p => Condition(p.Key, p.First().Summary, new FirstKind([.. p.Select(ParameterKinds.Unbounded)]), p.Any(ParameterKinds.IsNumber))),
        ]);
    }

    static Field<List<KeyValuePair<string, Condition>>> Condition(string name, string summary, Kind<ParameterValue> value, bool ordered) =>
        Field<List<KeyValuePair<string, Condition>>>.Of(name, summary, new ConditionKind(value, ordered), (conditions, condition) => conditions.Add(new(name, condition)));

    static WordKind<ParameterValue> Words(string what, IEnumerable<string> words) => new(what, [.. words.Select(w => KeyValuePair.Create(w, ParameterValue.Of(w)))]);
}
