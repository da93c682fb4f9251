using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GpuLab.Sweeps.Reading;

namespace GpuLab.Tests.Sweeps;

/// <summary>The part of JSON Schema 2020-12 that the sweep schema uses. A keyword it does not know fails the test that met it.</summary>
static class SchemaEvaluator
{
    static readonly HashSet<string> Annotations = ["$schema", "$defs", "title", "description"];

    public static bool Accepts(JsonObject schema, JsonNode? value) => schema.All(k => Annotations.Contains(k.Key) || Holds(schema, k.Key, k.Value!, value));

    /// <summary>YAML to JSON by the core schema of YAML 1.2, as an editor's language server does it.</summary>
    public static JsonNode? ToJson(Node node) => node switch
    {
        Node.Scalar { IsNothing: true } => null,
        Node.Scalar { Quoted: false, Text: "true" or "false" } scalar => JsonValue.Create(scalar.Text == "true"),
        Node.Scalar { Quoted: false } scalar when Regex.IsMatch(scalar.Text, "^[-+]?[0-9]+$") && decimal.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        Node.Scalar { Quoted: false } scalar when Regex.IsMatch(scalar.Text, "^[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?$") => JsonValue.Create(double.Parse(scalar.Text, CultureInfo.InvariantCulture)),
        Node.Scalar scalar => JsonValue.Create(scalar.Text),
        Node.Sequence list => new JsonArray([.. list.Items.Select(ToJson)]),
        Node.Mapping map => new JsonObject(map.Entries.DistinctBy(e => e.Key.Text).Select(e => KeyValuePair.Create(e.Key.Text, ToJson(e.Value)))),
        _ => throw new InvalidOperationException("not a value"),
    };

    static bool Holds(JsonObject schema, string keyword, JsonNode rule, JsonNode? value) => keyword switch
    {
        "type" => (rule is JsonArray types ? types.Select(t => t!.GetValue<string>()) : [rule.GetValue<string>()]).Any(t => Is(t, value)),
        "$ref" => Accepts(rule.Root["$defs"]![rule.GetValue<string>()["#/$defs/".Length..]]!.AsObject(), value),
        "const" => JsonNode.DeepEquals(rule, value),
        "enum" => rule.AsArray().Any(allowed => JsonNode.DeepEquals(allowed, value)),
        "anyOf" => rule.AsArray().Any(s => Accepts(s!.AsObject(), value)),
        "pattern" => Text(value) is not { } text || Regex.IsMatch(text, rule.GetValue<string>(), RegexOptions.ECMAScript),
        "maxLength" => Text(value) is not { } text || text.Length <= rule.GetValue<int>(),
        "minimum" => Number(value) is not { } number || number >= Number(rule),
        "maximum" => Number(value) is not { } number || number <= Number(rule),
        "items" => value is not JsonArray items || items.All(i => Accepts(rule.AsObject(), i)),
        "minItems" => value is not JsonArray items || items.Count >= rule.GetValue<int>(),
        "maxItems" => value is not JsonArray items || items.Count <= rule.GetValue<int>(),
        "uniqueItems" => value is not JsonArray items || items.Select(i => i?.ToJsonString()).Distinct().Count() == items.Count,
        "minProperties" => value is not JsonObject map || map.Count >= rule.GetValue<int>(),
        "required" => value is not JsonObject map || rule.AsArray().All(r => map.ContainsKey(r!.GetValue<string>())),
        "properties" => value is not JsonObject map || map.All(p => rule[p.Key] is not JsonObject property || Accepts(property, p.Value)),
        "additionalProperties" => value is not JsonObject map || map.All(p => schema["properties"]!.AsObject().ContainsKey(p.Key)),
        _ => throw new NotSupportedException($"the evaluator does not know '{keyword}'"),
    };

    static bool Is(string type, JsonNode? value) => type switch
    {
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => Text(value) is not null,
        "number" => Number(value) is not null,
        "null" => value is null,
        "integer" => Number(value) is { } number && number == Math.Floor(number),
        _ => throw new NotSupportedException($"the evaluator does not know type '{type}'"),
    };

    static string? Text(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    static decimal? Number(JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.Number && decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
