using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Llm;

/// <summary>One token after the other of a language model.</summary>
public sealed class LlmDecode : IProbe, IForesight
{
    static readonly ProbeInfo About = new(
        "llm.decode", "Decoding of a language model: one greedy token a sequence and step", Resource.Model,
        [
            new("llm.decode/rate", "token/s", Better.Higher, Across.Sum, "Tokens of all sequences per second"),
            new("llm.decode/tpot", "s", Better.Lower, Across.Worst, "Time from one token of a sequence to the next"),
            new("llm.decode/bandwidth", "B/s", Better.Higher, Across.Sum, "Counted bytes per second: weights of products once a step, keys and values of the context of every sequence"),
            new("llm.decode/bandwidth_share", "%", Better.Higher, Across.Mean, "Share of the measured read bandwidth"),
            new("llm.decode/flops_share", "%", Better.Higher, Across.Mean, "Counted operations per second as a share of the measured rate of multiply-adds: fp32 on the host, bf16 tensor products on a GPU"),
        ],
        [LlmRequest.Model, new("context", ParameterType.Count, "Tokens in the cache before the first step", ParameterValue.Count(256), Min: 1, Max: 131072), LlmRequest.Batch, LlmRequest.Dtype, LlmRequest.Weights, LlmRequest.Graph],
        StepTiming.Precision, Axis: "context");

    public ProbeInfo Info => About;

    public IPreparedProbe Prepare(ProbeRequest request) => new DecodeProbe(request);

    string? IForesight.Obstacle(Slice slice, Parameters parameters) => parameters[LlmRequest.Graph.Name] is not null ? "graphs are of GPUs: leave 'graph' out on the host" : Obstacle(slice, parameters, onGpu: false);

    /// <inheritdoc cref="SliceLlm.Obstacle"/>
    internal static string? Obstacle(Slice slice, Parameters parameters, bool onGpu) => SliceLlm.Obstacle(parameters, slice, onGpu, PromptProbe.Batch(parameters), DecodeProbe.Most(parameters));
}
