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
    /// <summary>Share of the read bandwidth that steps of decoding reach: gpt-fast moves 1.40 TB/s on an A100-80GB that reads at 1.75.</summary>
    const double Streaming = 0.8;

    /// <summary>Share of the tensor rate that prompts reach; small ones reach less. Assumed.</summary>
    const double Products = 0.65, HalfTokens = 256;

    /// <summary>Kernels of a layer, and the time of each in a graph.</summary>
    const double Kernels = 8, Launch = 1.3e-6;

    public ProbeInfo Info => info;

    public SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters)
    {
        if (parameters.Word("weights", "").Length > 0) throw new ProbeSkippedException("a simulated GPU has no weights to load: name a model instead of a checkpoint");
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
        var read = gpu.Need("memory_bandwidth") * slice.MemoryShare * gpu.Traits.Read;
        var share = slice.NeedSms / gpu.Need("sms");
        var rows = decode ? batch : batch * tokens;
        // A few rows leave the tensor cores half empty, but then memory is what a step waits for.
        var filled = decode ? 1 : rows / (rows + HalfTokens);
        var tensor = gpu.Need("bf16") * share * gpu.Traits.Tensor / Math.Max(1, gpu.Traits.Power * share) * Products * filled;
        var (reading, computing) = (bytes / (read * Streaming), flop / tensor);
        var seconds = Math.Max(reading, computing) + shape.Layers * Kernels * Launch;
        var loops = gpu.Need("fp32") * share * gpu.Traits.Fma;
        return new(seconds, [.. info.Metrics.Select(m => Output(m, rows, cache, bytes, flop, seconds, read, loops))],
            new(Memory: bytes / seconds / read, Power: Math.Max(0.5 * slice.MemoryShare, gpu.Traits.Power * share * Math.Min(1, computing / seconds))))
        {
            Operations = 1, Noise = 0.003,
            Facts = new()
            {
                ["model"] = shape.Name, ["weights"] = Units.BytesText(weights), ["cache"] = Units.BytesText(cache),
                ["bound by"] = reading > computing ? "memory" : "arithmetic", ["efficiency"] = "80 % of the read bandwidth as published for A100, 65 % of the tensor rate assumed",
            },
        };
    }

    /// <summary>Scales of int8 and int4 are two bytes for 64 weights.</summary>
    static double BytesOf(string type) => type switch { "int8" => 1 + (2 / 64.0), "int4" => 0.5 + (2 / 64.0), _ => 2 };

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
