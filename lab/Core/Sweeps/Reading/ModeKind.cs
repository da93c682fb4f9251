using System.Text.Json.Nodes;

namespace GpuLab.Sweeps.Reading;

/// <summary>A mode. One of them is called null, which YAML takes for nothing at all unless it is quoted: in a list of modes it is meant as the word.</summary>
sealed class ModeKind : Kind<Mode>
{
    static readonly string Nothing = Modes.Of(Mode.Null).Word;

    readonly WordKind<Mode> words = new("mode", [.. Modes.All.Select(m => KeyValuePair.Create(m.Word, m.Mode))]);

    public override bool TryRead(Node node, Errors errors, out Mode value) =>
        words.TryRead(node is Node.Scalar { IsNothing: true } scalar && scalar.Text == Nothing ? scalar with { Quoted = true } : node, errors, out value);

    public override JsonObject Schema()
    {
        var schema = words.Schema();
        schema["type"] = new JsonArray("string", "null");
        ((JsonArray)schema["enum"]!).Add((JsonNode?)null);
        return schema;
    }
}
