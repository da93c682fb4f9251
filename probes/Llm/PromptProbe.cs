using System.Globalization;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Llm;

/// <summary>A prompt of random tokens, each time into an empty cache; the token that follows must always be the same.</summary>
abstract class PromptProbe : IPreparedProbe
{
    readonly Turn[] turns;
    readonly int[] tokens, expected;
    readonly int times;
    string? wrong;

    protected PromptProbe(ProbeRequest request, int batch)
    {
        var count = Tokens(request.Parameters);
        Llm = SliceLlm.Open(LlmRequest.Read(request.Parameters, count), request, batch, count);
        try
        {
            Work = LlmWork.Prefill(Llm.Model.Shape, Llm.Products, count, batch);
            turns = [.. Enumerable.Range(0, batch).Select(s => new Turn(s, count))];
            tokens = RandomTokens(count * batch, Llm.Model.Shape.Vocabulary);
            expected = new int[batch];
            Run();
            for (var i = 0; i < batch; i++) expected[i] = Llm.Model.Greedy(i);
            Ceiling = StepTiming.Bound(Work, Llm.Ceilings, count * batch);
            times = Llm.Times(Work);
            Llm.Facts["counted"] = string.Create(CultureInfo.InvariantCulture, $"{Pretty.Value(Work.Flop, "FLOP")}, {Pretty.Bytes(Work.Bytes)}");
            Llm.Facts["next tokens"] = string.Join(' ', expected);
        }
        catch
        {
            Llm.Dispose();
            throw;
        }
    }

    public Ceiling? Ceiling { get; }

    public IReadOnlyDictionary<string, string> Facts => Llm.Facts;

    internal SliceLlm Llm { get; }

    protected LlmWork Work { get; }

    /// <summary>Tokens of all prompts.</summary>
    protected int AllTokens => tokens.Length;

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
        Add(ref sink, start, end, times, (end - start) / 1e9 / times);
        for (var i = 0; i < expected.Length; i++)
        {
            if (Llm.Model.Greedy(i) != expected[i]) wrong ??= "the token after a prompt changed from one run to another";
        }
    }

    /// <summary>Adds the probe's metrics of one sample.</summary>
    /// <param name="seconds">Of one run.</param>
    protected abstract void Add(ref SampleSink sink, long start, long end, int times, double seconds);

    public string? Verify() => wrong ?? StepTiming.NotFinite(Llm.Model, turns.Length);

    public void Dispose() => Llm.Dispose();

    void Run()
    {
        foreach (var turn in turns) Llm.Model.Truncate(turn.Sequence, 0);
        Llm.Model.Append(turns, tokens);
    }
}
