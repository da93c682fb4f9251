using System.Globalization;
using System.Text.Json.Nodes;
using GpuLab.Model;

namespace GpuLab.Sweeps.Reading;

/// <summary>One key of a map: what it means, what its value is, and where the value goes.</summary>
sealed record Field<TDraft>(string Name, string Summary, Func<JsonObject> Schema, Action<TDraft, Node, Errors> Read, bool Required = false)
{
    public static Field<TDraft> Of<T>(string name, string summary, Kind<T> kind, Action<TDraft, T> set, bool required = false) =>
        new(name, summary, kind.Schema, (draft, node, errors) => { if (kind.TryRead(node, errors, out var value)) set(draft, value); }, required);

    /// <summary>A field whose place matters later.</summary>
    public static Field<TDraft> Of<T>(string name, string summary, Kind<T> kind, Action<TDraft, T, TextPlace> set, bool required = false) =>
        new(name, summary, kind.Schema, (draft, node, errors) => { if (kind.TryRead(node, errors, out var value)) set(draft, value, node.Place); }, required);
}

/// <summary>The keys of one kind of map: strict reading and a closed schema from one table.</summary>
/// <param name="what">What the map is, for messages: <c>a sweep</c>, <c>a range</c>.</param>
/// <param name="misnomers">Wrong keys that deserve words of their own.</param>
sealed class Fields<TDraft>(string what, IReadOnlyList<Field<TDraft>> fields, IReadOnlyDictionary<string, string>? misnomers = null)
{
    readonly Dictionary<string, Field<TDraft>> byName = fields.ToDictionary(f => f.Name);

    /// <summary>Reads what is right into the draft and says what is wrong. Returns whether nothing was.</summary>
    public bool Read(Node node, Errors errors, TDraft draft)
    {
        if (node is not Node.Mapping map)
        {
            errors.Expected(node, $"a map with the keys of {what}: {string.Join(' ', byName.Keys)}");
            return false;
        }
        var before = errors.Count;
        var seen = new Dictionary<string, TextPlace>();
        foreach (var (key, value) in map.Entries)
        {
            if (!seen.TryAdd(key.Text, key.Place)) errors.Add(key.Place, string.Create(CultureInfo.InvariantCulture, $"the key {Errors.Shown(key.Text)} is there already, on line {seen[key.Text].Line}."));
            else if (byName.TryGetValue(key.Text, out var field)) Read(field, value, errors, draft);
            else errors.Add(key.Place, Unknown(key.Text));
        }
        foreach (var field in fields)
        {
            if (field.Required && !seen.ContainsKey(field.Name)) errors.Add(map.Place, $"'{field.Name}' is missing from {what}: {field.Summary}.");
        }
        return errors.Count == before;
    }

    public JsonObject Schema()
    {
        var properties = new JsonObject();
        foreach (var field in fields)
        {
            var schema = field.Schema();
            schema["description"] = field.Summary;
            properties[field.Name] = schema;
        }
        var result = new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
        if (fields.Any(f => f.Required)) result["required"] = new JsonArray([.. fields.Where(f => f.Required).Select(f => (JsonNode)f.Name)]);
        return result;
    }

    static void Read(Field<TDraft> field, Node value, Errors errors, TDraft draft)
    {
        var outer = errors.Subject;
        errors.Subject = field.Name;
        field.Read(draft, value, errors);
        errors.Subject = outer;
    }

    string Unknown(string key) => misnomers?.GetValueOrDefault(key)
        ?? $"unknown key {Errors.Shown(key)} in {what}: expected one of {string.Join(' ', byName.Keys)}.{Nearest.Hint(key, byName.Keys)}";
}
