using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Host;

namespace GpuLab.Probes.Llm;

/// <summary>The forward pass in vectorised loops on a team of pinned threads.</summary>
sealed unsafe class HostModel : ILanguageModel
{
    /// <summary>Rows that go through a layer at once: enough that weights are read seldom, few enough for the caches.</summary>
    public const int StepRows = 192;

    readonly HostBlock memory;
    readonly HostBuffers buffers;
    readonly HostStep step;
    readonly Team team;
    readonly IStageLink? link;

    /// <param name="weights">Filled, for the same lanes; they stay the caller's.</param>
    /// <param name="sequences">Sequences to hold at once.</param>
    /// <param name="tokens">Most tokens of each.</param>
    /// <param name="seed">Of the order of the cache's pages.</param>
    /// <param name="link">To the other parts of the model; null where all of its layers are here. Parts get the same turns; tokens are looked at by the first alone.</param>
    public HostModel(HostWeights weights, HostKernels kernels, Team team, int sequences, int tokens, ulong seed, IStageLink? link = null)
    {
        (Weights, this.team, this.link) = (weights, team, link);
        var shape = weights.Shape;
        var rows = Rows(sequences, tokens);
        var cacheBytes = PagedCache.Bytes(shape, kernels.Lanes, sequences, tokens);
        memory = HostMemory.Rent(cacheBytes + BufferBytes(shape, kernels.Lanes, team.Count, sequences, tokens), team.Cpus, "");
        (memory.Content, memory.Companion) = ("", null);
        // Memory that comes back from another use may hold what is no number, and masked is not the same as absent then.
        team.Run(new Clearing(memory.Start, memory.Length, team.Count));
        Cache = new(shape, kernels.Lanes, memory.Start, sequences, tokens, seed);
        buffers = new(shape, kernels.Lanes, team.Count, rows, sequences, tokens, (float*)(memory.Start + cacheBytes));
        step = new(weights, kernels, Cache, buffers, new(shape, Cache.Tokens), team.Count);
    }

    public HostWeights Weights { get; }

    public ModelShape Shape => Weights.Shape;

    public PagedCache Cache { get; }

    public int Sequences => Cache.Sequences;

    public int MostTokens => Cache.Tokens;

    /// <summary>Memory beside the weights, cache included.</summary>
    public static long Bytes(ModelShape shape, int lanes, int threads, int sequences, int tokens) =>
        PagedCache.Bytes(shape, lanes, sequences, tokens) + BufferBytes(shape, lanes, threads, sequences, tokens);

    /// <summary>Most rows that go through the layers at once.</summary>
    public static int Rows(int sequences, int tokens) => (int)Math.Min(StepRows, Math.Max(sequences, (long)sequences * tokens));

    static long BufferBytes(ModelShape shape, int lanes, int threads, int sequences, int tokens) =>
        new HostBuffers(shape, lanes, threads, Rows(sequences, tokens), sequences, tokens, null).Bytes;

    public int Length(int sequence) => Cache.Length(sequence);

    public void Truncate(int sequence, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Cache.Length(sequence));
        Cache.Resize(sequence, length);
    }

    public void Append(ReadOnlySpan<Turn> turns, ReadOnlySpan<int> tokens)
    {
        TurnCheck.Demand(this, turns, tokens);
        step.Clear(0);
        var at = 0;
        for (var turn = 0; turn < turns.Length; turn++)
        {
            var (sequence, count) = turns[turn];
            var position = Cache.Length(sequence);
            Cache.Resize(sequence, position + count);
            for (var i = 0; i < count; i++)
            {
                step.Add(tokens[at++], sequence, position + i, i == count - 1);
                if (!step.Full && at < tokens.Length) continue;
                Pass();
                step.Clear(i == count - 1 ? turn + 1 : turn);
            }
        }
    }

    /// <summary>What has been added goes through the layers.</summary>
    void Pass()
    {
        if (link is not null) step.Connect(link.Receive(), link.Room());
        team.Run(step);
        link?.Pass(step.Copying);
    }

    public ReadOnlySpan<float> Logits(int turn) => new(buffers.Logits + (long)turn * buffers.LogitStride, Shape.Vocabulary);

    public int Greedy(int turn) => step.Greedy(turn);

    public void Dispose() => memory.Dispose();

    sealed class Clearing(byte* start, long length, int threads) : TeamWork
    {
        public override void Run(int thread)
        {
            var (first, end) = (length * thread / threads / 4096 * 4096, thread == threads - 1 ? length : length * (thread + 1) / threads / 4096 * 4096);
            System.Runtime.InteropServices.NativeMemory.Clear(start + first, (nuint)(end - first));
        }
    }
}
