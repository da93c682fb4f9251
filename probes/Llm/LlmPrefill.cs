using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Llm;

/// <summary>Running a prompt through a language model.</summary>
public sealed class LlmPrefill : IProbe, IForesight
{
    static readonly ProbeInfo About = new(
        "llm.prefill", "Prompt of a language model: tokens until the scores of the next one", Resource.Model,
        [
            new("llm.prefill/rate", "token/s", Better.Higher, Across.Sum, "Tokens of all prompts per second"),
            new("llm.prefill/ttft", "s", Better.Lower, Across.Worst, "Time to the first token of the batch"),
            new("llm.prefill/flops", "FLOP/s", Better.Higher, Across.Sum, "Counted operations per second: products with weights and with the cache, the head's once a sequence"),
            new("llm.prefill/flops_share", "%", Better.Higher, Across.Mean, "Share of the measured rate of multiply-adds: fp32 on the host, bf16 tensor products on a GPU"),
            new("llm.prefill/bandwidth_share", "%", Better.Higher, Across.Mean, "Counted bytes per second as a share of the measured read bandwidth"),
        ],
        [LlmRequest.Model, LlmRequest.Tokens, LlmRequest.Batch, LlmRequest.Dtype, LlmRequest.Weights],
        StepTiming.Precision, Axis: "tokens") { Slow = StepTiming.Prompts };

    public ProbeInfo Info => About;

    public IPreparedProbe Prepare(ProbeRequest request) => new PrefillProbe(request);

    string? IForesight.Obstacle(Slice slice, Parameters parameters) => Obstacle(slice, parameters, onGpu: false);

    /// <inheritdoc cref="SliceLlm.Obstacle"/>
    internal static string? Obstacle(Slice slice, Parameters parameters, bool onGpu) => SliceLlm.Obstacle(parameters, slice, onGpu, PromptProbe.Batch(parameters), PromptProbe.Tokens(parameters));
}
