using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace GpuLab.Geometry;

/// <summary>One mapping of a file of facts: every key is asked for by name, and what nobody asked for is a mistake.</summary>
sealed class YamlMap(YamlFacts facts, YamlMappingNode node, string what)
{
    readonly HashSet<string> asked = [];

    public YamlMappingNode Node => node;

    public string What => what;

    public IEnumerable<string> Keys => node.Children.Keys.Select(k => (k as YamlScalarNode)?.Value ?? "");

    public YamlNode? Get(string key)
    {
        asked.Add(key);
        return node.Children.TryGetValue(new YamlScalarNode(key), out var value) && !IsNull(value) ? value : null;
    }

    public bool Has(string key)
    {
        asked.Add(key);
        return node.Children.ContainsKey(new YamlScalarNode(key));
    }

    public void Ignore(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys) asked.Add(key);
    }

    public string? Text(string key) => Get(key) switch
    {
        null => null,
        YamlScalarNode scalar => scalar.Value,
        var other => Wrong<string>(other, $"'{key}' of {what} must be a text"),
    };

    public string Required(string key)
    {
        if (Text(key) is { Length: > 0 } text) return text;
        facts.Wrong(node, $"{what} needs '{key}'");
        return "";
    }

    public int? Int(string key, int min, int max)
    {
        if (Get(key) is not { } value) return null;
        if (value is YamlScalarNode { Style: ScalarStyle.Plain, Value: { } text }
            && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        facts.Wrong(value, string.Create(CultureInfo.InvariantCulture, $"'{key}' of {what} must be a whole number from {min} to {max}, or null where it is not known"));
        return null;
    }

    public int RequiredInt(string key, int min, int max)
    {
        if (Get(key) is null) facts.Wrong(node, $"{what} needs '{key}'");
        return Int(key, min, max) ?? min;
    }

    public double? Number(string key, double min = 0, double max = 1e9)
    {
        if (Get(key) is not { } value) return null;
        if (value is YamlScalarNode { Value: { } text } && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max) return number;
        facts.Wrong(value, string.Create(CultureInfo.InvariantCulture, $"'{key}' of {what} must be a number from {min} to {max}, or null where it is not known"));
        return null;
    }

    public bool? Flag(string key) => Text(key) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        _ => Wrong<bool?>(Get(key)!, $"'{key}' of {what} must be true, false, or null where it is not known"),
    };

    public IReadOnlyList<string> Texts(string key) => [.. Items(key).Select(i => (i as YamlScalarNode)?.Value ?? Wrong<string>(i, $"'{key}' of {what} must list texts") ?? "")];

    public IReadOnlyList<YamlNode> Items(string key) => Get(key) switch
    {
        null => [],
        YamlSequenceNode list => [.. list.Children],
        var other => Wrong<IReadOnlyList<YamlNode>>(other, $"'{key}' of {what} must be a list") ?? [],
    };

    public YamlMap? Map(string key) => Get(key) switch
    {
        null => null,
        YamlMappingNode map => new(facts, map, $"'{key}' of {what}"),
        var other => Wrong<YamlMap>(other, $"'{key}' of {what} must be a mapping"),
    };

    /// <summary>Refuses keys that nobody asked for: a misspelt key would otherwise silently be an unknown value.</summary>
    public void Done()
    {
        foreach (var key in node.Children.Keys)
        {
            if (key is not YamlScalarNode { Value: { } name } || !asked.Contains(name)) facts.Wrong(key, $"{what} has no '{key}'; it has {string.Join(", ", asked.Order(StringComparer.Ordinal))}");
        }
    }

    static bool IsNull(YamlNode value) => value is YamlScalarNode { Style: ScalarStyle.Plain, Value: "null" or "~" or "" };

    T? Wrong<T>(YamlNode at, string message)
    {
        facts.Wrong(at, message);
        return default;
    }
}
