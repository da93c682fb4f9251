using System.Text.Json;

namespace GpuLab.Probes.Checkpoints;

/// <summary>
/// The file <c>config.json</c> beside weights: what model loaders elsewhere read, and what the weights were made from where this program made them.
/// </summary>
public static class ModelConfig
{
    public const string FileName = "config.json";

    /// <summary>Where weights that this program made come from.</summary>
    public sealed record Origin(ModelShape Shape, ulong Seed);

    public static byte[] Write(ModelShape shape, TensorType type, ulong seed)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, new() { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartArray("architectures");
            json.WriteStringValue(shape.Family == ModelFamily.Qwen2 ? "Qwen2ForCausalLM" : "LlamaForCausalLM");
            json.WriteEndArray();
            json.WriteString("model_type", shape.Family == ModelFamily.Qwen2 ? "qwen2" : "llama");
            json.WriteNumber("hidden_size", shape.Width);
            json.WriteNumber("intermediate_size", shape.Hidden);
            json.WriteNumber("num_hidden_layers", shape.Layers);
            json.WriteNumber("num_attention_heads", shape.Heads);
            json.WriteNumber("num_key_value_heads", shape.KvHeads);
            json.WriteNumber("head_dim", shape.HeadSize);
            json.WriteNumber("vocab_size", shape.Vocabulary);
            json.WriteNumber("max_position_embeddings", shape.Positions);
            json.WriteNumber("rms_norm_eps", shape.NormEpsilon);
            json.WriteNumber("rope_theta", shape.RopeTheta);
            if (shape.Scaling is { } scaling)
            {
                json.WriteStartObject("rope_scaling");
                json.WriteString("rope_type", "llama3");
                json.WriteNumber("factor", scaling.Factor);
                json.WriteNumber("low_freq_factor", scaling.LowFrequency);
                json.WriteNumber("high_freq_factor", scaling.HighFrequency);
                json.WriteNumber("original_max_position_embeddings", scaling.OriginalPositions);
                json.WriteEndObject();
            }
            json.WriteString("hidden_act", "silu");
            json.WriteBoolean("tie_word_embeddings", shape.TiedHead);
            json.WriteString("torch_dtype", type.Torch()!["torch.".Length..]);
            json.WriteStartObject("gpulab");
            json.WriteString("weights", "random");
            json.WriteString("shape", shape.Name);
            json.WriteNumber("seed", seed);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return memory.ToArray();
    }

    /// <summary>What the weights in a folder were made from; null where this program did not make them, or does not say so.</summary>
    public static Origin? OriginOf(string folder)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, FileName)));
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("gpulab", out var own) && own.ValueKind == JsonValueKind.Object
                && own.TryGetProperty("shape", out var name) && name.ValueKind == JsonValueKind.String && ModelShapes.TryParse(name.GetString()!, out var shape, out _)
                && own.TryGetProperty("seed", out var seed) && seed.ValueKind == JsonValueKind.Number && seed.TryGetUInt64(out var number) ? new(shape, number) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
