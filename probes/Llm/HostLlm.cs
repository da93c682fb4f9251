using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Host;
using GpuLab.Running;

namespace GpuLab.Probes.Llm;

/// <summary>A model on a slice of the host.</summary>
sealed unsafe class HostLlm : SliceLlm
{
    readonly HostBlock? block;
    readonly PinnedThread pin;

    HostLlm(LlmRequest wanted, ProbeRequest request, HostKernels kernels, int sequences, int tokens, ModelPart part, IStageLink? link)
    {
        Team = Team.For(request.Cpus);
        pin = new(request.Cpus[0]);
        try
        {
            Ceilings = HostCeilings.Measure(Team, request);
            var content = $"{wanted.Content}{(part.IsWhole ? "" : $" {part}")}";
            block = HostMemory.Rent(Length(wanted, kernels, part), request.Cpus, content);
            Weights = new(wanted.Shape, wanted.Format, kernels.Lanes, block.Start, part);
            if (block.Content != content) Fill(wanted);
            (block.Content, block.Companion) = (content, null);
            Products = [.. Weights.Products.Select(p => p.Layout.Size)];
            MatrixCheck.Demand(Weights, kernels, request.Seed);
            Host = new(Weights, kernels, Team, sequences, tokens, request.Seed, link);
            Facts = new()
            {
                ["model"] = wanted.Shape.Name,
                ["weights"] = wanted.Checkpoint.Length > 0 ? wanted.Checkpoint : string.Create(CultureInfo.InvariantCulture, $"random, seed {LlmRequest.Seed}"),
                ["weights bytes"] = Pretty.Bytes(Products.Sum(p => p.CountedBytes)),
                ["kernel"] = kernels.ToString(),
                ["threads"] = Team.Count.ToString(CultureInfo.InvariantCulture),
                ["pages"] = block.Pages(Weights.Length),
                ["read ceiling"] = Pretty.Value(Ceilings.Read, "B/s"),
                ["fp32 ceiling"] = Pretty.Value(Ceilings.Flop, "FLOP/s"),
            };
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Team Team { get; }

    public override LlmCeilings Ceilings { get; }

    public HostWeights Weights { get; }

    public HostModel Host { get; }

    public override ILanguageModel Model => Host;

    public override IReadOnlyList<ProductSize> Products { get; }

    public override Dictionary<string, string> Facts { get; }

    public override void Remember(int context, int sequences) => Team.Run(new RandomContext(this, context, sequences));

    /// <remarks>Not from trial runs: on a busy machine all of a few may be interrupted.</remarks>
    public override int Times(LlmWork work) => StepTiming.Times(work, Team.Count);

    /// <summary>Checks that it fits, and opens it.</summary>
    /// <param name="sequences">Sequences at once.</param>
    /// <param name="tokens">Most tokens of each.</param>
    /// <param name="part">The layers to have; null for all.</param>
    /// <param name="link">To the other parts.</param>
    /// <exception cref="ProbeSkippedException">It does not fit the slice, or its weights cannot be read.</exception>
    public static HostLlm Open(LlmRequest wanted, ProbeRequest request, int sequences, int tokens, ModelPart? part = null, IStageLink? link = null)
    {
        DemandRoom(wanted, request.Cpus.Count, sequences, tokens, part);
        return new(wanted, request, HostKernels.Supported[0], sequences, tokens, part ?? ModelPart.Whole(wanted.Shape), link);
    }

    /// <exception cref="ProbeSkippedException">It does not fit.</exception>
    public static void DemandRoom(LlmRequest wanted, int cpus, int sequences, int tokens, ModelPart? part = null)
    {
        var all = part ?? ModelPart.Whole(wanted.Shape);
        if (HostKernels.Supported is not [var kernels, ..]) throw new ProbeSkippedException("this processor has no fused multiply-add");
        HostRoom.Demand($"{(all.IsWhole ? "" : string.Create(CultureInfo.InvariantCulture, $"{all.Layers} of {all.Of} layers of "))}{wanted.Shape.Name} in {wanted.Format.ToString().ToLowerInvariant()}", cpus, ("weights", Length(wanted, kernels, all)),
            ("cache and buffers", HostModel.Bytes(wanted.Shape with { Layers = all.Layers }, kernels.Lanes, cpus, sequences, tokens)), ("to measure ceilings", HostCeilings.Bytes));
    }

    static long Length(LlmRequest wanted, HostKernels kernels, ModelPart part) => new HostWeights(wanted.Shape, wanted.Format, kernels.Lanes, null, part).Length;

    public override void Dispose()
    {
        Host?.Dispose();
        block?.Dispose();
        pin.Dispose();
    }

    void Fill(LlmRequest wanted)
    {
        if (wanted.Checkpoint.Length == 0)
        {
            Weights.Fill(Team, new RandomWeights(LlmRequest.Seed), TensorType.BF16);
            return;
        }
        try
        {
            using var checkpoint = Checkpoint.Open(wanted.Checkpoint);
            Weights.Fill(Team, new CheckpointSource(checkpoint), checkpoint["model.embed_tokens.weight"].Type);
        }
        catch (CheckpointException e)
        {
            throw new ProbeSkippedException(e.Message);
        }
    }
}
