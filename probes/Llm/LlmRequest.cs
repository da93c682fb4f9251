using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Checkpoints;
using GpuLab.Running;

namespace GpuLab.Probes.Llm;

/// <summary>What a cell of a language-model probe asks for, read and checked before anything is allocated.</summary>
/// <param name="Checkpoint">Path of real weights; empty for random ones.</param>
sealed record LlmRequest(ModelShape Shape, WeightFormat Format, string Checkpoint)
{
    const string DefaultModel = "qwen2.5-0.5b";

    /// <summary>Of random weights, the same on every slice, so that all must find the same tokens.</summary>
    public const ulong Seed = 1;

    public static readonly Parameter
        Model = new("model", ParameterType.Text, "Shape, as a name or name:layers; else that of the weights, or qwen2.5-0.5b"),
        Dtype = new("dtype", ParameterType.Word, "Weights of matrix products; int8 and int4 share a scale among 64", ParameterValue.Of("bf16"), Words: ["bf16", "int8", "int4"]),
        Weights = new("weights", ParameterType.Text, "Checkpoint to take the weights from; else they are random"),
        Tokens = new("tokens", ParameterType.Count, "Tokens of a prompt", ParameterValue.Count(128), Min: 1, Max: 131072),
        Batch = new("batch", ParameterType.Count, "Sequences at once", ParameterValue.Count(1), Min: 1, Max: 256),
        Graph = new("graph", ParameterType.Word, "Whether a step is launched as one CUDA graph or kernel by kernel; the host has neither", ParameterValue.Of("on"), Words: ["on", "off"]);

    /// <summary>Tells weights apart; a checkpoint that was written anew is another one.</summary>
    public string Content
    {
        get
        {
            if (Checkpoint.Length == 0) return $"{Shape.Name} {Format} random";
            var written = Directory.Exists(Checkpoint) ? new DirectoryInfo(Checkpoint).EnumerateFiles().Max(f => f.LastWriteTimeUtc) : File.GetLastWriteTimeUtc(Checkpoint);
            return string.Create(CultureInfo.InvariantCulture, $"{Shape.Name} {Format} {Checkpoint} {written.Ticks}");
        }
    }

    /// <summary>Reads the parameters that all of these probes have.</summary>
    /// <param name="tokens">Most tokens of a sequence.</param>
    /// <exception cref="ProbeSkippedException">The model is not known, has fewer positions, or its checkpoint cannot be used.</exception>
    public static LlmRequest Read(Parameters parameters, int tokens)
    {
        var checkpoint = parameters.Word(Weights.Name, "");
        var shape = checkpoint.Length > 0 ? OfCheckpoint(checkpoint, parameters) : Named(parameters.Word(Model.Name, DefaultModel));
        if (tokens > shape.Positions) throw new ProbeSkippedException(string.Create(CultureInfo.InvariantCulture, $"{shape.Name} was made for {shape.Positions} tokens, and {tokens} are asked for"));
        return new(shape, parameters.Word(Dtype.Name, "bf16") switch { "int8" => WeightFormat.Int8, "int4" => WeightFormat.Int4, _ => WeightFormat.Bf16 }, checkpoint);
    }

    /// <summary>Why a cell cannot be measured, or null.</summary>
    public static string? Obstacle(Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (ProbeSkippedException reason)
        {
            return reason.Message;
        }
    }

    static ModelShape Named(string text) => ModelShapes.TryParse(text, out var shape, out var error) ? shape : throw new ProbeSkippedException(error);

    static ModelShape OfCheckpoint(string path, Parameters parameters)
    {
        try
        {
            using var checkpoint = Checkpoints.Checkpoint.Open(path);
            var shape = ModelShapes.Of(checkpoint);
            if (parameters[Model.Name]?.Word is { } wanted && Named(wanted).Name != shape.Name) throw new ProbeSkippedException($"'{path}' holds {shape.Name}, and {wanted} is asked for");
            return shape;
        }
        catch (CheckpointException e)
        {
            throw new ProbeSkippedException(e.Message);
        }
    }
}
