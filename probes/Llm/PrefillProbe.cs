using GpuLab.Running;

namespace GpuLab.Probes.Llm;

/// <summary><c>llm.prefill</c> when prepared.</summary>
sealed class PrefillProbe(ProbeRequest request) : PromptProbe(request, Batch(request.Parameters))
{
    protected override void Add(ref SampleSink sink, long start, long end, int times, double seconds)
    {
        sink.Add(0, start, end, times, AllTokens / seconds);
        sink.Add(1, start, end, times, seconds);
        sink.Add(2, start, end, times, Work.Flop / seconds);
        sink.Add(3, start, end, times, Work.Flop / seconds / Llm.Ceilings.Flop);
        sink.Add(4, start, end, times, Work.Bytes / seconds / Llm.Ceilings.Read);
    }
}
