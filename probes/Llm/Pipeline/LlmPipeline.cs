using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Llm.Pipeline;

/// <summary>A language model whose layers the slices share in mode joint; alone, the same work by one slice.</summary>
public sealed class LlmPipeline : IProbe, IForesight
{
    static readonly ProbeInfo About = new(
        "llm.pipeline", "Language model, in mode joint with its layers spread over the slices: decoding or prompts, microbatch after microbatch", Resource.Model,
        [
            new("llm.pipeline/rate", "token/s", Better.Higher, Across.Worst, "Tokens of all sequences per second, as each slice sees them pass"),
            new("llm.pipeline/time", "s", Better.Lower, Across.Worst, "Time of a round of all microbatches: from one token of a sequence to its next, or from prompt to prompt"),
            new("llm.pipeline/bubble", "%", Better.Lower, Across.Mean, "Mode joint: share of a round in which a slice waits for another"),
            new("llm.pipeline/handover", "s", Better.Lower, Across.Sum, "Mode joint: time of a round that slices spend on copying states to and from host memory, and on noticing them there"),
        ],
        [LlmRequest.Model, PipelineRequest.Work, PipelineRequest.Length, LlmRequest.Batch, PipelineRequest.Groups, LlmRequest.Dtype, LlmRequest.Weights],
        StepTiming.Precision) { Slow = StepTiming.Prompts, Joint = true };

    public ProbeInfo Info => About;

    public IPreparedProbe Prepare(ProbeRequest request) => new PipelineProbe(request);

    string? IForesight.Obstacle(Slice slice, Parameters parameters) => LlmRequest.Obstacle(() =>
    {
        var stages = Math.Max(1, slice.Team.Count);
        PipelineProbe.DemandRoom(PipelineRequest.Read(parameters), slice.Cpus.Count, stages == 1 ? 0 : slice.Team.TakeWhile(s => s != slice.Name).Count(), stages);
    });
}
