using System.Text.Json;
using System.Text.Json.Serialization;

namespace GpuLab.Results;

/// <summary>The names of phases in files: <c>warmup solo solo_before together solo_after</c>, and <c>interleaved</c> for figures.</summary>
public static class PhaseNames
{
    static readonly string[] names = ["warmup", "solo", "solo_before", "together", "solo_after", "interleaved"];

    public static string Name(this Phase phase) => names[(int)phase];

    /// <summary>Whether several slices were at work.</summary>
    public static bool HasOthers(this Phase phase) => phase is Phase.Together or Phase.Interleaved;

    public static bool TryParse(string text, out Phase phase)
    {
        var index = Array.IndexOf(names, text);
        phase = (Phase)Math.Max(index, 0);
        return index >= 0;
    }
}

sealed class PhaseConverter : JsonConverter<Phase>
{
    public override Phase Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } text && PhaseNames.TryParse(text, out var phase) ? phase : throw new JsonException("not a phase");

    public override void Write(Utf8JsonWriter writer, Phase value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name());
}
