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

    HostLlm(LlmRequest wanted, ProbeRequest request, HostKernels kernels, int sequences, int tokens)
    {
        Team = Team.For(request.Cpus);
        pin = new(request.Cpus[0]);
        try
        {
            Ceilings = HostCeilings.Measure(Team, request);
            var content = wanted.Content;
            block = HostMemory.Rent(Length(wanted, kernels), request.Cpus, content);
            Weights = new(wanted.Shape, wanted.Format, kernels.Lanes, block.Start);
            if (block.Content != content) Fill(wanted);
            (block.Content, block.Companion) = (content, null);
            Products = ProductSize.Of(wanted.Shape, wanted.Format);
            MatrixCheck.Demand(Weights, kernels, request.Seed);
            Host = new(Weights, kernels, Team, sequences, tokens, request.Seed);
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

    public override void Remember(int context, int sequences, ulong seed) => Team.Run(new HostMemories(Host, Team.Count, context, sequences, seed));

    /// <remarks>Not from trial runs: on a busy machine all of a few may be interrupted.</remarks>
    public override int Times(LlmWork work) => StepTiming.Times(work, Team.Count);

    /// <inheritdoc cref="SliceLlm.Open"/>
    public static new HostLlm Open(LlmRequest wanted, ProbeRequest request, int sequences, int tokens)
    {
        DemandRoom(wanted, request.Cpus.Count, sequences, tokens);
        return new(wanted, request, HostKernels.Supported[0], sequences, tokens);
    }

    /// <exception cref="ProbeSkippedException">It does not fit.</exception>
    public static void DemandRoom(LlmRequest wanted, int cpus, int sequences, int tokens)
    {
        if (HostKernels.Supported is not [var kernels, ..]) throw new ProbeSkippedException("this processor has no fused multiply-add");
        HostRoom.Demand($"{wanted.Shape.Name} in {wanted.Format.ToString().ToLowerInvariant()}", cpus, ("weights", Length(wanted, kernels)),
            ("cache and buffers", HostModel.Bytes(wanted.Shape, kernels.Lanes, cpus, sequences, tokens)), ("to measure ceilings", HostCeilings.Bytes));
    }

    static long Length(LlmRequest wanted, HostKernels kernels) => new HostWeights(wanted.Shape, wanted.Format, kernels.Lanes, null).Length;

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
