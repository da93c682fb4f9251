using System.Globalization;
using GpuLab.Model;

namespace GpuLab.Probes.Checkpoints;

/// <summary>The shapes that the lab knows. Published ones are those of the models' own configuration files.</summary>
public static class ModelShapes
{
    static readonly RopeScaling Llama31 = new(8, 1, 4, 8192), Llama32 = Llama31 with { Factor = 32 };

    public static IReadOnlyList<ModelShape> All { get; } =
    [
        // Not a published model: small enough for tests and for trying things out, with every part that the others have.
        new("tiny", ModelFamily.Qwen2, 4, 256, 4, 2, 64, 704, 2048, TiedHead: false, 1e-6, 1e6, 4096),
        new("qwen2.5-0.5b", ModelFamily.Qwen2, 24, 896, 14, 2, 64, 4864, 151936, TiedHead: true, 1e-6, 1e6, 32768),
        new("llama-3.2-1b", ModelFamily.Llama, 16, 2048, 32, 8, 64, 8192, 128256, TiedHead: true, 1e-5, 5e5, 131072) { Scaling = Llama32 },
        new("qwen2.5-7b", ModelFamily.Qwen2, 28, 3584, 28, 4, 128, 18944, 152064, TiedHead: false, 1e-6, 1e6, 131072),
        new("llama-3.1-8b", ModelFamily.Llama, 32, 4096, 32, 8, 128, 14336, 128256, TiedHead: false, 1e-5, 5e5, 131072) { Scaling = Llama31 },
        new("llama-3.1-70b", ModelFamily.Llama, 80, 8192, 64, 8, 128, 28672, 128256, TiedHead: false, 1e-5, 5e5, 131072) { Scaling = Llama31 },
    ];

    /// <summary>How a shape is written: a name, or <c>llama-3.1-8b:4</c> for its first four layers.</summary>
    /// <param name="error">What is wrong with it, where the answer is false.</param>
    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ModelShape? shape, out string error)
    {
        (shape, error) = (null, "");
        var (name, layers) = text.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? (text[..colon], text[(colon + 1)..]) : (text, null);
        if (All.FirstOrDefault(s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } known)
        {
            var names = All.Select(s => s.Name).ToArray();
            error = $"'{name}' is not a shape: there are {string.Join(", ", names)}.{Nearest.Hint(name, names)}";
            return false;
        }
        var count = known.Layers;
        if (layers is not null && (!int.TryParse(layers, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count < 1 || count > known.Layers))
        {
            error = string.Create(CultureInfo.InvariantCulture, $"'{text}': after the colon stands a number of layers, and {known.Name} has 1 to {known.Layers}.");
            return false;
        }
        shape = count == known.Layers ? known : known with { Name = string.Create(CultureInfo.InvariantCulture, $"{known.Name}:{count}"), Layers = count };
        return true;
    }

    /// <summary>The shape whose tensors a checkpoint holds, whatever their type.</summary>
    /// <exception cref="CheckpointException">It holds those of no shape that is known.</exception>
    public static ModelShape Of(Checkpoint checkpoint)
    {
        var layers = 0;
        while (checkpoint.TryGet(string.Create(CultureInfo.InvariantCulture, $"model.layers.{layers}.input_layernorm.weight"), out _)) layers++;
        foreach (var known in All)
        {
            if (layers < 1 || layers > known.Layers) continue;
            if (TryParse(string.Create(CultureInfo.InvariantCulture, $"{known.Name}:{layers}"), out var shape, out _) && CheckpointCheck.Differences(checkpoint, shape).Count == 0) return shape;
        }
        throw new CheckpointException($"'{checkpoint.Path}' holds no model that is known: its tensors are not those of {string.Join(", ", All.Select(s => s.Name))}");
    }
}
