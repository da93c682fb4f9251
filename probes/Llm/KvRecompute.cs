using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Llm;

/// <summary>Making the keys and values of a prompt anew, which is what reloading them saves.</summary>
public sealed class KvRecompute : IProbe, IForesight
{
    static readonly ProbeInfo About = new(
        "kv.recompute", "Keys and values of a prompt made by running it through the model", Resource.Model,
        [
            new("kv.recompute/rate", "token/s", Better.Higher, Across.Sum, "Tokens whose keys and values are made per second"),
            new("kv.recompute/time", "s", Better.Lower, Across.Worst, "Time until the cache of the prompt is there"),
            new("kv.recompute/needed", "B/s", Better.Higher, Across.Mean, "B*: bytes of keys and values made per second; a link that is faster pays"),
        ],
        [LlmRequest.Model, LlmRequest.Tokens, LlmRequest.Dtype, LlmRequest.Weights], StepTiming.Precision, Axis: "tokens") { Slow = StepTiming.Prompts };

    public ProbeInfo Info => About;

    public IPreparedProbe Prepare(ProbeRequest request) => Prepared(request);

    internal static IPreparedProbe Prepared(ProbeRequest request) => new RecomputeProbe(request);

    string? IForesight.Obstacle(Slice slice, Parameters parameters) => Obstacle(slice, parameters, onGpu: false);

    /// <inheritdoc cref="SliceLlm.Obstacle"/>
    internal static string? Obstacle(Slice slice, Parameters parameters, bool onGpu) => SliceLlm.Obstacle(parameters, slice, onGpu, 1, PromptProbe.Tokens(parameters));

    /// <summary>When prepared.</summary>
    sealed class RecomputeProbe(ProbeRequest request) : PromptProbe(request, 1)
    {
        protected override void Add(ref SampleSink sink, long start, long end, int times, double seconds)
        {
            sink.Add(0, start, end, times, AllTokens / seconds);
            sink.Add(1, start, end, times, seconds);
            sink.Add(2, start, end, times, AllTokens / seconds * Llm.Model.Shape.KvBytesPerToken(2));
        }
    }
}
