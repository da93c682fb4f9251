using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Checkpoints;
using GpuLab.Running;

namespace GpuLab.Probes.Sim.Models;

/// <summary>
/// A dense transformer as a roofline: a step takes what its counted bytes take at the slice's read bandwidth or what its operations take on the
/// tensor cores, whichever is longer, and the launches of its kernels as one graph.
/// </summary>
/// <param name="decode">One token a sequence; else a whole prompt.</param>
sealed class LlmModel(ProbeInfo info, bool decode) : ISimModel
{
    public ProbeInfo Info => info;

    public SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters)
    {
        DemandNoCheckpoint(parameters);
        if (!ModelShapes.TryParse(parameters.Word("model", "qwen2.5-0.5b"), out var shape, out var error)) throw new ProbeSkippedException(error);
        var (tokens, batch) = (parameters.Number(info.Axis!, decode ? 256 : 128), parameters.Number("batch", 1));
        if (tokens > shape.Positions) throw new ProbeSkippedException(string.Create(CultureInfo.InvariantCulture, $"{shape.Name} was made for {shape.Positions} tokens, and {tokens} are asked for"));
        var weights = shape.MatrixParameters * BytesOf(parameters.Word("dtype", "bf16"));
        var cache = shape.KvBytesPerToken(2) * tokens * batch;
        Demand(slice, shape, weights, cache);
        var head = 2.0 * shape.Vocabulary * shape.Width;
        var attention = 4.0 * shape.Layers * shape.Heads * shape.HeadSize * tokens;
        // Half of the square of a prompt is masked; its head is done for the last token alone.
        var flop = decode ? batch * (2.0 * shape.MatrixParameters + attention) : batch * (tokens * (2.0 * shape.MatrixParameters - head) + head + attention * tokens / 2);
        var bytes = weights + cache;
        var rows = decode ? batch : batch * tokens;
        var roof = LlmRoof.Of(gpu, slice, bytes, flop, rows, shape.Layers, decode);
        var loops = gpu.Need("fp32") * slice.NeedSms / gpu.Need("sms") * gpu.Traits.Fma;
        return new(roof.Seconds, [.. info.Metrics.Select(m => Output(m, rows, cache, bytes, flop, roof.Seconds, roof.Read, loops))], roof.Load)
        {
            Operations = 1, Noise = 0.003,
            Facts = new()
            {
                ["model"] = shape.Name, ["weights"] = Units.BytesText(weights), ["cache"] = Units.BytesText(cache),
                ["bound by"] = roof.Reading > roof.Computing ? "memory" : "arithmetic", ["efficiency"] = LlmRoof.Source,
            },
        };
    }

    /// <summary>Scales of int8 and int4 are two bytes for 64 weights.</summary>
    public static double BytesOf(string type) => type switch { "int8" => 1 + (2 / 64.0), "int4" => 0.5 + (2 / 64.0), _ => 2 };

    /// <exception cref="ProbeSkippedException">One is named.</exception>
    public static void DemandNoCheckpoint(Parameters parameters)
    {
        if (parameters.Word("weights", "").Length > 0) throw new ProbeSkippedException("a simulated GPU has no weights to load: name a model instead of a checkpoint");
    }

    static void Demand(SimSlice slice, ModelShape shape, double weights, double cache)
    {
        var needed = weights + cache + (shape.TiedHead ? 0 : 2.0 * shape.Vocabulary * shape.Width);
        if (slice.Memory is { } room && needed > 0.95 * room) throw new ProbeSkippedException($"{shape.Name} takes {Pretty.Bytes(needed)} with its cache, and {slice.Name} has {Pretty.Bytes(room)}");
    }

    static SimOutput Output(Metric metric, double tokens, double cache, double bytes, double flop, double seconds, double read, double loops) => metric.Name switch
    {
        "rate" => new(tokens, IsRate: true),
        "bandwidth" => new(bytes, IsRate: true),
        "flops" => new(flop, IsRate: true),
        "needed" => new(cache, IsRate: true),
        "bandwidth_share" => SimOutput.Of(_ => bytes / seconds / read),
        "flops_share" => SimOutput.Of(_ => flop / seconds / loops),
        _ => new(1, IsRate: false),
    };
}
