using System.Globalization;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Llm.Pipeline;

/// <summary>
/// <c>llm.pipeline</c> when prepared: one stage, which has its layers and the caches of all sequences for them. A microbatch starts its next round as soon as its own
/// tokens have come out, whatever the others do. The last stage compares tokens with those of the whole model on its slice, as far as that fits there.
/// </summary>
sealed unsafe class PipelineProbe : IPreparedProbe
{
    /// <summary>In place of a token that has not been seen yet.</summary>
    const int Unknown = -1;

    readonly PipelineRequest wanted;
    readonly StageLink? link;
    readonly HostLlm llm;
    readonly ModelPart part;
    readonly Turn[][] turns;
    readonly int[] first, tokens, expected, own;
    readonly int times;
    int position;
    long rounds;
    string? wrong;

    public PipelineProbe(ProbeRequest request)
    {
        wanted = PipelineRequest.Read(request.Parameters);
        var (rank, stages) = request.Communicator is { } all ? (all.Rank, all.Size) : (0, 1);
        DemandRoom(wanted, request.Cpus.Count, rank, stages);
        part = wanted.Part(rank, stages);
        var shape = wanted.Llm.Shape;
        (expected, own) = (new int[wanted.Cycle * wanted.Batch], new int[wanted.Batch]);
        expected.AsSpan().Fill(Unknown);
        first = PromptProbe.RandomTokens(wanted.Decode ? wanted.Batch : wanted.RoundTokens, shape.Vocabulary);
        tokens = new int[first.Length / wanted.Microbatches];
        turns = [.. Enumerable.Range(0, wanted.Microbatches).Select(m => Enumerable.Range(m * wanted.Group, wanted.Group).Select(s => new Turn(s, wanted.Decode ? 1 : wanted.Tokens)).ToArray())];
        var compared = part.IsLast && !part.IsWhole ? CompareWithWhole(request) : null;
        if (request.Communicator is { } communicator) link = new(communicator, shape.Width, HostModel.Rows(wanted.Batch, wanted.Most), wanted.Batch);
        llm = HostLlm.Open(wanted.Llm, request, wanted.Batch, wanted.Most, part, link);
        try
        {
            if (part.IsWhole) Expect(llm);
            Fill(llm);
            var work = Work();
            Ceiling = StepTiming.Bound(work, llm.Ceilings, wanted.RoundTokens);
            // By the whole model, so that all stages do as many rounds a sample.
            times = StepTiming.Times(new(2.0 * shape.MatrixParameters * wanted.RoundTokens, shape.MatrixParameters), 1);
            llm.Facts["layers"] = string.Create(CultureInfo.InvariantCulture, $"{part.First} to {part.First + part.Layers - 1} of {part.Of}{(part.IsFirst ? ", embedding" : "")}{(part.IsLast ? ", head" : "")}");
            llm.Facts["counted"] = string.Create(CultureInfo.InvariantCulture, $"{Pretty.Bytes(work.Bytes)}, {Pretty.Value(work.Flop, "FLOP")} a round of this slice");
            if (link is not null) llm.Facts["handed over"] = string.Create(CultureInfo.InvariantCulture, $"{Pretty.Bytes((double)wanted.RoundTokens * shape.Width * sizeof(float))} from slice to slice and round");
            if (compared is not null) llm.Facts["compared with"] = compared;
            if (part.IsLast && expected[0] != Unknown) llm.Facts["tokens"] = string.Join(' ', expected.Where((_, i) => i % wanted.Batch == 0));
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

    /// <exception cref="ProbeSkippedException">It does not fit.</exception>
    public static void DemandRoom(PipelineRequest wanted, int cpus, int rank, int stages) =>
        HostLlm.DemandRoom(wanted.Llm, cpus, wanted.Batch, wanted.Most, wanted.Part(rank, stages));

    public void Sample(ref SampleSink sink)
    {
        link?.Clear();
        var start = Monotonic.Now;
        for (var i = 0; i < times; i++) Round();
        var end = Monotonic.Now;
        var seconds = (end - start) / 1e9 / times;
        sink.Add(0, start, end, times, wanted.RoundTokens / seconds);
        sink.Add(1, start, end, times, seconds);
        if (link is null) return;
        sink.Add(2, start, end, times, link.Waited / (double)(end - start));
        sink.Add(3, start, end, times, link.HandedOver / 1e9 / times);
    }

    public string? Verify() => wrong ?? (part.IsLast ? StepTiming.NotFinite(llm.Model, wanted.Group) : null);

    public void Dispose() => llm.Dispose();

    void Round()
    {
        if (position == wanted.Cycle) Back();
        for (var m = 0; m < turns.Length; m++)
        {
            if (part.IsFirst)
            {
                if (rounds > 0) link?.AwaitTokens((rounds - 1) * turns.Length + m + 1);
                Next(m).CopyTo(tokens);
            }
            if (!wanted.Decode)
            {
                foreach (var turn in turns[m]) llm.Model.Truncate(turn.Sequence, 0);
            }
            llm.Model.Append(turns[m], tokens);
            if (part.IsLast) Finish(m);
        }
        position++;
        rounds++;
    }

    /// <summary>What a microbatch begins a round with: prompts, the first tokens, or what came out of it.</summary>
    ReadOnlySpan<int> Next(int m) => !wanted.Decode || position == 0 ? first.AsSpan(m * tokens.Length, tokens.Length)
        : link is null ? own.AsSpan(m * tokens.Length, tokens.Length) : new(link.Tokens + m * tokens.Length, tokens.Length);

    void Finish(int m)
    {
        for (var i = 0; i < turns[m].Length; i++)
        {
            var sequence = turns[m][i].Sequence;
            var token = llm.Model.Greedy(i);
            ref var known = ref expected[position * wanted.Batch + sequence];
            if (known == Unknown) known = token;
            else if (known != token) wrong ??= string.Create(CultureInfo.InvariantCulture, $"token {position + 1} of sequence {sequence} is {token}, and {known} came out before");
            if (link is null) own[sequence] = token;
            else link.Tokens[sequence] = token;
        }
        link?.Finish(rounds * turns.Length + m + 1);
    }

    void Back()
    {
        if (wanted.Decode)
        {
            for (var sequence = 0; sequence < wanted.Batch; sequence++) llm.Model.Truncate(sequence, wanted.Tokens);
        }
        position = 0;
    }

    /// <summary>What all sequences have in their caches before the first round.</summary>
    void Fill(HostLlm model)
    {
        if (wanted.Decode) model.Team.Run(new RandomContext(model, wanted.Tokens, wanted.Batch));
    }

    /// <summary>Finds the tokens that must come out, on a slice that has all layers, all sequences at once.</summary>
    void Expect(HostLlm whole)
    {
        Fill(whole);
        Turn[] all = [.. turns.SelectMany(t => t)];
        var next = (int[])first.Clone();
        for (var round = 0; round < wanted.Cycle; round++)
        {
            whole.Model.Append(all, next);
            for (var i = 0; i < all.Length; i++) expected[round * wanted.Batch + i] = whole.Model.Greedy(i);
            if (wanted.Decode) expected.AsSpan(round * wanted.Batch, wanted.Batch).CopyTo(next);
        }
        for (var sequence = 0; sequence < wanted.Batch; sequence++) whole.Model.Truncate(sequence, 0);
    }

    /// <returns>What the tokens will be compared with, for the facts.</returns>
    string CompareWithWhole(ProbeRequest request)
    {
        try
        {
            using var whole = HostLlm.Open(wanted.Llm, request, wanted.Batch, wanted.Most);
            Expect(whole);
            return "all layers on this slice alone";
        }
        catch (ProbeSkippedException no)
        {
            return $"its own first rounds: {no.Message}";
        }
    }

    LlmWork Work()
    {
        var (shape, weights) = (llm.Weights.Shape, llm.Products.Sum(p => p.CountedBytes));
        var work = wanted.Decode ? LlmWork.Decode(shape, llm.Products, wanted.Tokens, wanted.Batch) : LlmWork.Prefill(shape, llm.Products, wanted.Tokens, wanted.Batch, part.IsLast);
        // Each microbatch reads all weights again.
        return work with { Bytes = work.Bytes + (wanted.Microbatches - 1) * weights };
    }
}
