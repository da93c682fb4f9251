using System.Globalization;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Llm;

/// <summary>A prompt of random tokens, each time into an empty cache; the token that follows must always be the same.</summary>
sealed class PrefillProbe : IPreparedProbe
{
    /// <summary>Relative half-width of the median's interval at which a repeat of a model probe stops (MEASUREMENT 2.7).</summary>
    public const double Precision = 0.02;

    readonly HostLlm llm;
    readonly Turn[] turns;
    readonly int[] tokens, expected;
    readonly LlmWork work;
    readonly int times;
    string? wrong;

    public PrefillProbe(ProbeRequest request)
    {
        var (count, batch) = (Tokens(request.Parameters), Batch(request.Parameters));
        llm = HostLlm.Open(LlmRequest.Read(request.Parameters, count), request, batch, count);
        try
        {
            work = LlmWork.Prefill(llm.Weights.Shape, llm.Products, count, batch);
            turns = [.. Enumerable.Range(0, batch).Select(s => new Turn(s, count))];
            tokens = RandomTokens(count * batch, llm.Weights.Shape.Vocabulary);
            expected = new int[batch];
            Run();
            for (var i = 0; i < batch; i++) expected[i] = llm.Model.Greedy(i);
            times = StepTiming.Times(Run);
            Ceiling = StepTiming.Bound(work, llm.Ceilings, count * batch);
            llm.Facts["counted"] = string.Create(CultureInfo.InvariantCulture, $"{Pretty.Value(work.Flop, "FLOP")}, {Pretty.Bytes(work.Bytes)}");
            llm.Facts["next tokens"] = string.Join(' ', expected);
        }
        catch
        {
            llm.Dispose();
            throw;
        }
    }

    public Ceiling? Ceiling { get; }

    public IReadOnlyDictionary<string, string> Facts => llm.Facts;

    /// <summary>For tests that plant an error.</summary>
    internal HostLlm Llm => llm;

    public static int Tokens(Parameters parameters) => (int)parameters.Number("tokens", 128);

    public static int Batch(Parameters parameters) => (int)parameters.Number("batch", 1);

    /// <summary>Of a seed of their own: all slices and repeats see the same prompt.</summary>
    public static int[] RandomTokens(int count, int vocabulary)
    {
        var random = new SplitMix(LlmRequest.Seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Below(vocabulary))];
    }

    public void Sample(ref SampleSink sink)
    {
        var start = Monotonic.Now;
        for (var i = 0; i < times; i++) Run();
        var end = Monotonic.Now;
        var seconds = (end - start) / 1e9 / times;
        sink.Add(0, start, end, times, tokens.Length / seconds);
        sink.Add(1, start, end, times, seconds);
        sink.Add(2, start, end, times, work.Flop / seconds);
        sink.Add(3, start, end, times, work.Flop / seconds / llm.Ceilings.Flop);
        sink.Add(4, start, end, times, work.Bytes / seconds / llm.Ceilings.Read);
        for (var i = 0; i < expected.Length; i++)
        {
            if (llm.Model.Greedy(i) != expected[i]) wrong ??= "the token after a prompt changed from one run to another";
        }
    }

    public string? Verify() => wrong ?? StepTiming.NotFinite(llm.Model, turns.Length);

    public void Dispose() => llm.Dispose();

    void Run()
    {
        foreach (var turn in turns) llm.Model.Truncate(turn.Sequence, 0);
        llm.Model.Append(turns, tokens);
    }
}
