using System.Globalization;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Llm;

/// <summary>
/// Steps of decoding behind a context of random keys and values. After a few tokens the context is cut back and the same ones must
/// come again, bit for bit the same arithmetic.
/// </summary>
sealed class DecodeProbe : IPreparedProbe
{
    /// <summary>Tokens from one cut to the next.</summary>
    public const int Cycle = 32;

    readonly SliceLlm llm;
    readonly Turn[] turns;
    readonly int[] first, tokens, expected;
    readonly LlmWork work;
    readonly int context, times;
    int position;
    string? wrong;

    public DecodeProbe(ProbeRequest request)
    {
        var batch = PromptProbe.Batch(request.Parameters);
        context = Context(request.Parameters);
        llm = SliceLlm.Open(LlmRequest.Read(request.Parameters, Most(request.Parameters)), request, batch, Most(request.Parameters));
        try
        {
            var shape = llm.Model.Shape;
            llm.Remember(context, batch);
            work = LlmWork.Decode(shape, llm.Products, context, batch);
            turns = [.. Enumerable.Range(0, batch).Select(s => new Turn(s, 1))];
            first = PromptProbe.RandomTokens(batch, shape.Vocabulary);
            (tokens, expected) = (new int[batch], new int[Cycle * batch]);
            Back();
            while (position < Cycle)
            {
                Step();
                tokens.CopyTo(expected, (position - 1) * batch);
            }
            Back();
            Ceiling = StepTiming.Bound(work, llm.Ceilings, batch);
            times = llm.Times(work);
            llm.Facts["counted"] = string.Create(CultureInfo.InvariantCulture, $"{Pretty.Bytes(work.Bytes)}, {Pretty.Value(work.Flop, "FLOP")} a step");
            llm.Facts["context"] = string.Create(CultureInfo.InvariantCulture, $"{context} random keys and values, then up to {Cycle} tokens");
            llm.Facts["tokens"] = string.Join(' ', expected.Where((_, i) => i % batch == 0));
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
    internal SliceLlm Llm => llm;

    static int Context(Parameters parameters) => (int)parameters.Number("context", 256);

    /// <summary>Most tokens of a sequence.</summary>
    public static int Most(Parameters parameters) => Context(parameters) + Cycle;

    public void Sample(ref SampleSink sink)
    {
        var start = Monotonic.Now;
        for (var i = 0; i < times; i++) Next();
        var end = Monotonic.Now;
        var seconds = (end - start) / 1e9 / times;
        sink.Add(0, start, end, times, turns.Length / seconds);
        sink.Add(1, start, end, times, seconds);
        sink.Add(2, start, end, times, work.Bytes / seconds);
        sink.Add(3, start, end, times, work.Bytes / seconds / llm.Ceilings.Read);
        sink.Add(4, start, end, times, work.Flop / seconds / llm.Ceilings.Flop);
    }

    public string? Verify() => wrong ?? StepTiming.NotFinite(llm.Model, turns.Length);

    public void Dispose() => llm.Dispose();

    void Next()
    {
        if (position == Cycle) Back();
        Step();
        if (!tokens.AsSpan().SequenceEqual(expected.AsSpan((position - 1) * tokens.Length, tokens.Length))) wrong ??= "the tokens changed from one cycle to another";
    }

    void Step()
    {
        llm.Model.Append(turns, tokens);
        for (var i = 0; i < tokens.Length; i++) tokens[i] = llm.Model.Greedy(i);
        position++;
    }

    void Back()
    {
        foreach (var turn in turns) llm.Model.Truncate(turn.Sequence, context);
        first.CopyTo(tokens, 0);
        position = 0;
    }
}
