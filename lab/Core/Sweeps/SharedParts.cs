using System.Globalization;
using System.Text.Json.Nodes;

namespace GpuLab.Sweeps;

/// <summary>Says once what a JSON Schema says many times: equal parts move to <c>$defs</c>, under the name of the key that they describe first.</summary>
sealed class SharedParts
{
    /// <summary>Characters of a part that is easier to read where it stands than behind a reference.</summary>
    const int Short = 120;

    readonly Dictionary<string, int> times = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> names = new(StringComparer.Ordinal);
    readonly JsonObject definitions = [];

    /// <summary>The same schema, with <c>$defs</c> at its end.</summary>
    public static JsonObject Of(JsonObject schema)
    {
        var shared = new SharedParts();
        shared.Count(schema);
        var compact = shared.Inside(schema, "part");
        compact["$defs"] = shared.definitions;
        return compact;
    }

    /// <summary>What stands inside a part that is there already moves with it, so it is counted once.</summary>
    void Count(JsonObject part)
    {
        var text = part.ToJsonString();
        times[text] = times.GetValueOrDefault(text) + 1;
        if (times[text] > 1) return;
        foreach (var (keyword, value) in part)
        {
            foreach (var (_, inner) in Parts(keyword, value)) Count(inner);
        }
    }

    /// <summary>The schemas below a keyword, with the keys that they describe where they describe one.</summary>
    static IEnumerable<(string? Key, JsonObject Part)> Parts(string keyword, JsonNode? value) => keyword switch
    {
        "properties" => value!.AsObject().Select(p => ((string?)p.Key, p.Value!.AsObject())),
        "anyOf" => value!.AsArray().Select(p => ((string?)null, p!.AsObject())),
        "items" => [(null, value!.AsObject())],
        _ => [],
    };

    JsonObject Shared(JsonObject part, string key)
    {
        var text = part.ToJsonString();
        if (times[text] == 1 || text.Length < Short) return Inside(part, key);
        if (!names.TryGetValue(text, out var name))
        {
            names[text] = name = Free(key);
            definitions[name] = null;
            definitions[name] = Inside(part, key);
        }
        return new() { ["$ref"] = $"#/$defs/{name}" };
    }

    JsonObject Inside(JsonObject part, string key)
    {
        var result = new JsonObject();
        foreach (var (keyword, value) in part)
        {
            var parts = Parts(keyword, value).Select(p => KeyValuePair.Create(p.Key ?? key, (JsonNode?)Shared(p.Part, p.Key ?? key)));
            result[keyword] = keyword switch
            {
                "properties" => new JsonObject(parts),
                "anyOf" => new JsonArray([.. parts.Select(p => p.Value)]),
                "items" => parts.Single().Value,
                _ => value?.DeepClone(),
            };
        }
        return result;
    }

    string Free(string key)
    {
        var name = key;
        for (var number = 2; definitions.ContainsKey(name); number++) name = string.Create(CultureInfo.InvariantCulture, $"{key}-{number}");
        return name;
    }
}
