using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Cuda;

namespace GpuLab.Probes.Llm;

/// <summary>The forward pass in kernels that need only the driver. A step that decodes can be captured once and launched as one graph from then on.</summary>
sealed unsafe class GpuModel : ILanguageModel
{
    readonly CudaSession session;
    readonly CudaStream stream;
    readonly PageTables pages;
    readonly GpuBuffers buffers;
    readonly GpuOrders orders;
    readonly GpuStep step;
    readonly DeviceMemory cache;
    readonly PinnedMemory best, logits;

    /// <summary>By rows of the step; null where steps are launched kernel by kernel.</summary>
    readonly CudaGraph?[]? graphs;

    /// <param name="weights">Where they lie in <paramref name="memory"/>, which stays the caller's.</param>
    /// <param name="seed">Of the order of the cache's pages.</param>
    /// <param name="graph">Whether steps that decode are captured.</param>
    /// <param name="rows">Rows that go through a layer at once, at most.</param>
    public GpuModel(CudaSession session, GpuWeights weights, DeviceMemory memory, int sequences, int tokens, ulong seed, bool graph, int rows = GpuBuffers.StepRows)
    {
        (this.session, Shape) = (session, weights.Shape);
        if (graph) graphs = new CudaGraph?[sequences + 1];
        pages = new(sequences, tokens, seed);
        var splits = GpuStep.Splits(Shape, session.Device.Sms, sequences, tokens);
        stream = new(session.Context);
        try
        {
            buffers = new(session.Context, Shape, sequences, pages.Tokens, splits, rows);
            cache = new(session.Context, CacheBytes(Shape, sequences, tokens));
            best = new(session.Context, sizeof(uint) * sequences);
            logits = new(session.Context, (long)sizeof(float) * Shape.Vocabulary);
            orders = new(session.Context, buffers.Rows, pages);
            step = new(session, stream, weights, memory, buffers, orders, cache, pages, splits);
            // What is masked is multiplied by zero, which only numbers survive.
            cache.Fill(0, stream);
            buffers.Memory.Fill(0, stream);
            var rotary = new Rotary(Shape, pages.Tokens);
            Upload(rotary.Cosines, buffers.Cosines);
            Upload(rotary.Sines, buffers.Sines);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public ModelShape Shape { get; }

    public int Sequences => pages.Sequences;

    public int MostTokens => pages.Tokens;

    /// <summary>Of the device's memory, cache and buffers.</summary>
    public static long Bytes(ModelShape shape, int sms, int sequences, int tokens)
    {
        var rounded = PageTables.PagesOf(tokens) * PageTables.PageTokens;
        return CacheBytes(shape, sequences, tokens) + new GpuBuffers(null, shape, sequences, rounded, GpuStep.Splits(shape, sms, sequences, tokens)).Bytes;
    }

    static long CacheBytes(ModelShape shape, int sequences, int tokens) => GpuStep.PageBytes(shape) * PageTables.PagesOf(tokens) * sequences;

    /// <summary>For checks of single products.</summary>
    internal GpuStep Step => step;

    internal GpuBuffers Buffers => buffers;

    internal CudaStream Stream => stream;

    public int Length(int sequence) => pages.Length(sequence);

    public void Truncate(int sequence, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, pages.Length(sequence));
        pages.Resize(sequence, length);
    }

    public void Append(ReadOnlySpan<Turn> turns, ReadOnlySpan<int> tokens)
    {
        TurnCheck.Demand(this, turns, tokens);
        orders.Clear(0);
        var at = 0;
        for (var turn = 0; turn < turns.Length; turn++)
        {
            var (sequence, count) = turns[turn];
            var position = pages.Length(sequence);
            pages.Resize(sequence, position + count);
            for (var i = 0; i < count; i++)
            {
                orders.Add(tokens[at++], sequence, position + i, i == count - 1);
                if (!orders.Full && at < tokens.Length) continue;
                Run();
                orders.Clear(i == count - 1 ? turn + 1 : turn);
            }
        }
        buffers.Memory.CopyTo(best.Start, (long)sizeof(uint) * turns.Length, buffers.Best, stream);
        stream.Synchronize();
    }

    public ReadOnlySpan<float> Logits(int turn)
    {
        buffers.Memory.CopyTo(logits.Start, logits.Bytes, buffers.Logits + turn * logits.Bytes, stream);
        stream.Synchronize();
        return new(logits.Start, Shape.Vocabulary);
    }

    public int Greedy(int turn) => (int)((uint*)best.Start)[turn];

    /// <summary>Fills the cache with random keys and values.</summary>
    public void Remember(int context, int sequences, ulong seed)
    {
        for (var sequence = 0; sequence < sequences; sequence++) pages.Resize(sequence, context);
        orders.Clear(0);
        buffers.Memory.CopyFrom(orders.Write(), orders.Length, buffers.Orders, stream);
        session.Module(Kernels.KernelModules.Llm)["gl_remember"].Launch(stream, context * sequences, 256, 0, cache.Start.Address, buffers.At(buffers.Orders + orders.Table), (ulong)GpuStep.PageBytes(Shape),
            (uint)pages.Each, (uint)context, (uint)(Shape.Layers * Shape.KvHeads), (uint)Shape.HeadSize, seed);
        stream.Synchronize();
    }

    public void Dispose()
    {
        // A context that broke cannot be waited for, and that was said before.
        _ = Cuda.Cuda.cuStreamSynchronize(stream.Raw);
        foreach (var graph in graphs ?? []) graph?.Dispose();
        orders?.Dispose();
        logits?.Dispose();
        best?.Dispose();
        cache?.Dispose();
        buffers?.Dispose();
        stream.Dispose();
    }

    void Run()
    {
        var from = orders.Write();
        if (graphs is not null && orders.IsDecoding && orders.Lasts == orders.Rows && orders.FirstTurn == 0) (graphs[orders.Rows] ??= Capture((nint)from)).Launch(stream);
        else step.Queue(from);
        // The orders of the next step are written where these are read.
        stream.Synchronize();
    }

    CudaGraph Capture(nint from) => CudaGraph.Capture(session.Context, stream, () => step.Queue((byte*)from));

    void Upload(ReadOnlySpan<float> numbers, long to)
    {
        fixed (float* from = numbers) buffers.Memory.CopyFrom(from, (long)sizeof(float) * numbers.Length, to, stream);
        stream.Synchronize();
    }
}
