using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Llm;

/// <summary>A model on a slice of a GPU.</summary>
sealed class GpuLlm : SliceLlm
{
    /// <summary>Part of a slice's memory that a model may take: the driver keeps some for itself and for what it compiles.</summary>
    const double Most = 0.95;

    /// <summary>Multiprocessors that buffers are counted for before it is known how many a slice has.</summary>
    const int UsualSms = 160;

    static (CudaContext Context, string Content, DeviceMemory Memory)? kept;

    readonly GpuModel model;

    GpuLlm(LlmRequest wanted, ProbeRequest request, CudaSession session, int sequences, int tokens)
    {
        Ceilings = GpuCeilings.Of(session);
        Weights = new(wanted.Shape, wanted.Format);
        Memory = Filled(wanted, session, Weights);
        Products = ProductSize.Of(wanted.Shape, wanted.Format);
        var graph = request.Parameters.Word(LlmRequest.Graph.Name, "on") == "on";
        model = new(session, Weights, Memory, sequences, tokens, request.Seed, graph);
        try
        {
            GpuMatrixCheck.Demand(session, model, Weights, Memory, request.Seed);
            Facts = new()
            {
                ["device"] = session.Device.Name,
                ["model"] = wanted.Shape.Name,
                ["weights"] = wanted.Checkpoint.Length > 0 ? wanted.Checkpoint : string.Create(CultureInfo.InvariantCulture, $"random, seed {LlmRequest.Seed}"),
                ["weights bytes"] = Pretty.Bytes(Products.Sum(p => p.CountedBytes)),
                ["kernels"] = $"own, PTX: {GpuProducts.Few(wanted.Format, 1)}, from {GpuProducts.MostFew + 1} rows on {GpuProducts.Tiles(wanted.Format)}",
                ["steps of decoding"] = graph ? "one graph, captured once" : "kernel by kernel",
                ["read ceiling"] = Pretty.Value(Ceilings.Read, "B/s"),
                ["bf16 ceiling"] = Pretty.Value(Ceilings.Flop, "FLOP/s"),
            };
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    public override ILanguageModel Model => model;

    public override LlmCeilings Ceilings { get; }

    public override IReadOnlyList<ProductSize> Products { get; }

    public override Dictionary<string, string> Facts { get; }

    public GpuWeights Weights { get; }

    /// <summary>Where the weights are; kept for the next trial of the worker.</summary>
    public DeviceMemory Memory { get; }

    /// <inheritdoc cref="SliceLlm.Open"/>
    public static GpuLlm Open(LlmRequest wanted, ProbeRequest request, CudaSession session, int sequences, int tokens)
    {
        DemandRoom(wanted, session.Device.Memory, session.Device.Name, sequences, tokens);
        return new(wanted, request, session, sequences, tokens);
    }

    /// <param name="memory">Of the slice; null where it is not known yet.</param>
    /// <exception cref="ProbeSkippedException">It does not fit, or has a shape that the kernels are not made for.</exception>
    public static void DemandRoom(LlmRequest wanted, long? memory, string slice, int sequences, int tokens)
    {
        var shape = wanted.Shape;
        if (shape.HeadSize is not (64 or 128)) throw new ProbeSkippedException(string.Create(CultureInfo.InvariantCulture, $"the kernels are for heads of 64 or 128 dimensions, and {shape.Name} has {shape.HeadSize}"));
        if (shape.Heads / shape.KvHeads > 8) throw new ProbeSkippedException(string.Create(CultureInfo.InvariantCulture, $"the kernels are for at most 8 heads of queries to one of keys, and {shape.Name} has {shape.Heads / shape.KvHeads}"));
        foreach (var size in ProductSize.Of(shape, wanted.Format))
        {
            if (size.Outputs % GpuProducts.TileColumns != 0 || size.Inputs % Quantised.Group != 0)
                throw new ProbeSkippedException(string.Create(CultureInfo.InvariantCulture, $"the kernels are for matrices of multiples of {GpuProducts.TileColumns} outputs and {Quantised.Group} inputs, and {shape.Name} has one of {size.Outputs} × {size.Inputs}"));
        }
        var (weights, beside) = (new GpuWeights(shape, wanted.Format).Length, GpuModel.Bytes(shape, UsualSms, sequences, tokens));
        if (weights + beside > Most * memory)
            throw new ProbeSkippedException($"{shape.Name} in {wanted.Format.ToString().ToLowerInvariant()} needs {Pretty.Bytes(weights + beside)} ({Pretty.Bytes(weights)} weights, {Pretty.Bytes(beside)} cache and buffers), more than {Most:0%} of the {Pretty.Bytes(memory!.Value)} of memory that {slice} has");
    }

    public override void Remember(int context, int sequences) => model.Remember(context, sequences, LlmRequest.Seed);

    /// <summary>By what the slice was measured to do at best: a sample lasts a millisecond at least.</summary>
    public override int Times(LlmWork work) => (int)Math.Ceiling(1e-3 / Math.Max(work.Bytes / Ceilings.Read, work.Flop / Ceilings.Flop));

    public override void Dispose() => model.Dispose();

    /// <summary>The weights of the trial before where they are the same, else new ones in place of those.</summary>
    static DeviceMemory Filled(LlmRequest wanted, CudaSession session, GpuWeights weights)
    {
        var content = wanted.Content;
        if (kept is { } held && ReferenceEquals(held.Context, session.Context))
        {
            if (held.Content == content) return held.Memory;
            held.Memory.Dispose();
        }
        kept = null;
        var memory = new DeviceMemory(session.Context, weights.Length);
        try
        {
            using var stream = new CudaStream(session.Context);
            Fill(wanted, session, weights, memory, stream);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
        kept = (session.Context, content, memory);
        return memory;
    }

    static void Fill(LlmRequest wanted, CudaSession session, GpuWeights weights, DeviceMemory memory, CudaStream stream)
    {
        if (wanted.Checkpoint.Length == 0)
        {
            weights.Fill(memory, stream, session.Context, new RandomWeights(LlmRequest.Seed), TensorType.BF16);
            return;
        }
        try
        {
            using var checkpoint = Checkpoint.Open(wanted.Checkpoint);
            weights.Fill(memory, stream, session.Context, new CheckpointSource(checkpoint), checkpoint["model.embed_tokens.weight"].Type);
        }
        catch (CheckpointException e)
        {
            throw new ProbeSkippedException(e.Message);
        }
    }
}
