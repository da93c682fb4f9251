using GpuLab.Probes.Host;
using GpuLab.Running;

namespace GpuLab.Probes.Llm;

/// <summary>
/// Some rows of tokens on their way through all layers. Every thread runs the whole of it, does its share of each part, and meets the
/// others before it reads what they wrote.
/// </summary>
sealed unsafe class HostStep : TeamWork
{
    /// <summary>Tokens that attention takes at once: pieces for the threads to share.</summary>
    const int AttentionTokens = 12;

    readonly HostWeights weights;
    readonly HostKernels kernels;
    readonly PagedCache cache;
    readonly HostBuffers buffers;
    readonly Rotary rotary;
    readonly HostAttention[] attention;
    readonly TeamBarrier barrier;
    readonly int threads;
    readonly float queryScale;

    readonly int[] tokens, sequences, positions, lastRows, units;

    /// <summary>By turn, then thread.</summary>
    readonly (int Token, float Score)[] best;
    int rows, lasts, firstLast, unitCount;
    float* input, output;

    public HostStep(HostWeights weights, HostKernels kernels, PagedCache cache, HostBuffers buffers, Rotary rotary, int threads)
    {
        (this.weights, this.kernels, this.cache, this.buffers, this.rotary, this.threads) = (weights, kernels, cache, buffers, rotary, threads);
        attention = [.. Enumerable.Range(0, threads).Select(t => new HostAttention(weights.Shape, kernels, cache, (float*)buffers.Attention[t]))];
        barrier = new(threads);
        queryScale = (float)(1 / Math.Sqrt(weights.Shape.HeadSize));
        (tokens, sequences, positions) = (new int[buffers.Rows], new int[buffers.Rows], new int[buffers.Rows]);
        // A piece of attention begins at most at every row.
        (units, lastRows) = (new int[buffers.Rows + 1], new int[cache.Sequences]);
        best = new (int, float)[threads * cache.Sequences];
    }


    public bool Full => rows == buffers.Rows;

    /// <summary>Nanoseconds that copying of states took in the last run, by the thread that is measured.</summary>
    public long Copying { get; private set; }

    /// <summary>Where states of rows come from, row by row, and go to; null for the embedding, and for scores.</summary>
    public void Connect(float* from, float* to)
    {
        input = from;
        output = to;
        Copying = 0;
    }

    /// <summary>Begins anew.</summary>
    /// <param name="turn">The next turn whose scores will be wanted.</param>
    public void Clear(int turn) => (rows, lasts, firstLast, unitCount) = (0, 0, turn, 0);

    public void Add(int token, int sequence, int position, bool last)
    {
        var follows = rows > 0 && sequences[rows - 1] == sequence && rows - units[unitCount - 1] < AttentionTokens;
        if (!follows) units[unitCount++] = rows;
        (tokens[rows], sequences[rows], positions[rows]) = (token, sequence, position);
        if (last) lastRows[lasts++] = rows;
        units[unitCount] = ++rows;
    }

    /// <summary>The best token of a turn, after a run.</summary>
    public int Greedy(int turn)
    {
        var found = best[turn * threads];
        for (var t = 1; t < threads; t++)
        {
            if (best[turn * threads + t] is var other && other.Score > found.Score) found = other;
        }
        return found.Token;
    }

    public override void Run(int thread)
    {
        if (input is null)
        {
            for (var r = First(rows, thread); r < First(rows, thread + 1); r++) weights.Embedding!.Row(tokens[r], buffers.State + (long)r * buffers.StateStride);
        }
        else
        {
            Copy(input, weights.Shape.Width, buffers.State, buffers.StateStride, thread);
        }
        for (var layer = 0; layer < weights.Layers.Length; layer++) Layer(weights.Layers[layer], layer, thread);
        if (output is not null) Copy(buffers.State, buffers.StateStride, output, weights.Shape.Width, thread);
        else if (lasts > 0) Score(weights.Head!, thread);
    }

    /// <summary>A thread's share of the rows.</summary>
    void Copy(float* from, nint fromStride, float* to, nint toStride, int thread)
    {
        var start = thread == 0 ? Monotonic.Now : 0;
        for (var r = First(rows, thread); r < First(rows, thread + 1); r++) Scatter(from + r * fromStride, weights.Shape.Width, to + r * toStride, 1);
        if (thread == 0) Copying += Monotonic.Now - start;
    }

    void Layer(HostLayer layer, int number, int thread)
    {
        Norm(layer.AttentionNorm, thread);
        barrier.Meet();
        Project(layer, thread);
        barrier.Meet();
        Place(number, thread);
        barrier.Meet();
        Attend(number, thread);
        barrier.Meet();
        AddProduct(layer.Output, buffers.Packed, thread);
        barrier.Meet();
        Norm(layer.FeedNorm, thread);
        barrier.Meet();
        Feed(layer, thread);
        barrier.Meet();
        AddProduct(layer.Down, buffers.Gated, thread);
        barrier.Meet();
    }

    void Norm(float* norm, int thread)
    {
        for (var r = First(rows, thread); r < First(rows, thread + 1); r++) Norm(r, norm, buffers.Packed, r, rows, thread);
    }

    /// <summary>Norms the state of a row to a row of a packed matrix.</summary>
    void Norm(int row, float* norm, float* packed, int to, int of, int thread)
    {
        var width = weights.Shape.Width;
        var normed = (float*)buffers.Normed[thread];
        kernels.Norm(buffers.State + (long)row * buffers.StateStride, norm, width, (float)weights.Shape.NormEpsilon, normed);
        var (offset, apart) = RowTile.Packed(to, of, width);
        Scatter(normed, width, packed + offset, apart);
    }

    static void Scatter(float* from, int count, float* to, int apart)
    {
        if (apart == 1) Buffer.MemoryCopy(from, to, count * sizeof(float), count * sizeof(float));
        else for (var i = 0; i < count; i++) to[i * apart] = from[i];
    }

    void Project(HostLayer layer, int thread)
    {
        var matrix = layer.Attention;
        var into = buffers.Projected;
        var (first, end) = matrix.Share(thread, threads);
        var biased = weights.Shape.HasBiases;
        if (biased)
        {
            var (from, bytes) = (first * matrix.Layout.Width, (long)(end - first) * matrix.Layout.Width * sizeof(float));
            for (var r = 0; r < rows; r++) Buffer.MemoryCopy(layer.Biases.At + from, into + (long)r * buffers.ProjectedStride + from, bytes, bytes);
        }
        kernels.Multiply(matrix.Layout, matrix.Start, first, end, buffers.Packed, rows, into, buffers.ProjectedStride, biased);
    }

    /// <summary>Turns queries and keys to their positions, and puts keys and values into the cache.</summary>
    void Place(int layer, int thread)
    {
        var shape = weights.Shape;
        for (var r = First(rows, thread); r < First(rows, thread + 1); r++)
        {
            var heads = buffers.Projected + (long)r * buffers.ProjectedStride;
            for (var h = 0; h < shape.Heads; h++) rotary.Turn(heads + h * shape.HeadSize, positions[r], queryScale);
            var keys = heads + shape.Heads * shape.HeadSize;
            var values = keys + shape.KvHeads * shape.HeadSize;
            for (var h = 0; h < shape.KvHeads; h++)
            {
                rotary.Turn(keys + h * shape.HeadSize, positions[r], 1);
                cache.Store(sequences[r], positions[r], layer, h, keys + h * shape.HeadSize, values + h * shape.HeadSize);
            }
        }
    }

    void Attend(int layer, int thread)
    {
        var kvHeads = weights.Shape.KvHeads;
        for (var piece = thread; piece < unitCount * kvHeads; piece += threads)
        {
            var (unit, head) = (piece / kvHeads, piece % kvHeads);
            var (first, count) = (units[unit], units[unit + 1] - units[unit]);
            attention[thread].Run(sequences[first], layer, head, positions[first], count, buffers.Projected + (long)first * buffers.ProjectedStride, buffers.ProjectedStride, buffers.Packed, first, rows);
        }
    }

    void AddProduct(PanelMatrix matrix, float* packed, int thread)
    {
        var (first, end) = matrix.Share(thread, threads);
        kernels.Multiply(matrix.Layout, matrix.Start, first, end, packed, rows, buffers.State, buffers.StateStride, true);
    }

    /// <summary>A few panels of the gate and the other half at a time, combined while they are in a cache.</summary>
    void Feed(HostLayer layer, int thread)
    {
        var layout = layer.Gate.Layout;
        var (begin, last) = layer.Gate.Share(thread, threads);
        for (var first = begin; first < last; first += HostBuffers.GatePanels)
        {
            var end = Math.Min(last, first + HostBuffers.GatePanels);
            var (from, stride) = (first * layout.Width, (end - first) * layout.Width);
            var gate = (float*)buffers.Halves[thread];
            var up = gate + (long)rows * stride;
            kernels.Multiply(layout, layer.Gate.Start, first, end, buffers.Packed, rows, gate - from, stride, false);
            kernels.Multiply(layout, layer.Up.Start, first, end, buffers.Packed, rows, up - from, stride, false);
            kernels.Gate(gate, up, rows * stride);
            var count = Math.Min(stride, layout.Outputs - from);
            for (var r = 0; r < rows; r++)
            {
                var (offset, apart) = RowTile.Packed(r, rows, layout.Outputs);
                Scatter(gate + (long)r * stride, count, buffers.Gated + offset + (long)from * apart, apart);
            }
        }
    }

    void Score(PanelMatrix head, int thread)
    {
        for (var i = First(lasts, thread); i < First(lasts, thread + 1); i++) Norm(lastRows[i], weights.FinalNorm, buffers.Last, i, lasts, thread);
        barrier.Meet();
        var layout = head.Layout;
        var logits = buffers.Logits + (long)firstLast * buffers.LogitStride;
        var (first, end) = head.Share(thread, threads);
        kernels.Multiply(layout, head.Start, first, end, buffers.Last, lasts, logits, buffers.LogitStride, false);
        for (var i = 0; i < lasts; i++)
        {
            var row = logits + (long)i * buffers.LogitStride;
            var found = (Token: 0, Score: float.NegativeInfinity);
            for (var token = first * layout.Width; token < Math.Min(layout.Outputs, end * layout.Width); token++)
            {
                if (row[token] > found.Score) found = (token, row[token]);
            }
            best[(firstLast + i) * threads + thread] = found;
        }
    }

    /// <summary>The first of a thread's part of so many.</summary>
    int First(int count, int thread) => (int)((long)count * thread / threads);
}
