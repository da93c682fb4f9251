namespace GpuLab.Probes.Train;

/// <summary>Everything that a training step reads and writes, in one piece of memory; numbers of single precision, matrices row by row.</summary>
sealed unsafe class TrainMemory
{
    long length;
    readonly float* start;

    /// <param name="start">Where it is to lie, on a line of 64 bytes; null to find out how long it is.</param>
    public TrainMemory(TrainShape shape, int lanes, int threads, float* start)
    {
        this.start = start;
        var (rows, width, hidden) = ((long)shape.Rows, shape.Width, shape.Hidden);
        Weights = Take(shape.Parameters);
        Gradients = Take(shape.Parameters);
        Means = Take(shape.Parameters);
        Squares = Take(shape.Parameters);
        Initial = Take(shape.Parameters);
        Layers = [.. Enumerable.Range(0, shape.Layers).Select(_ => new LayerStates
        {
            Input = Take(rows * width), Normed = Take(rows * width), Projected = Take(rows * 3 * width), Attended = Take(rows * width),
            Middle = Take(rows * width), FeedNormed = Take(rows * width), Gates = Take(rows * 2 * hidden), Gated = Take(rows * hidden),
        })];
        Last = Take(rows * width);
        LastNormed = Take(rows * width);
        Logits = Take(rows * shape.Vocabulary);
        State = Take(rows * width);
        Branch = Take(rows * width);
        Projected = Take(rows * 3 * width);
        Gates = Take(rows * 2 * hidden);
        Gated = Take(rows * hidden);
        Inverses = Take(rows);
        var widest = Math.Max(shape.Vocabulary, Math.Max(2 * hidden, 3 * width));
        Tiles = Take(rows * widest);
        // The other side of a product is a matrix of weights, or activations that gradients are multiplied with.
        Panels = (byte*)Take(Math.Max((long)widest * Math.Max(width, hidden), rows * Math.Max(width, hidden)));
        Attention = [.. Enumerable.Range(0, threads).Select(_ => (nint)Take(TrainAttention.Numbers(shape, lanes)))];
    }

    public long Bytes => length * sizeof(float);

    public float* Weights { get; }

    public float* Gradients { get; }

    /// <summary>Running means of gradients.</summary>
    public float* Means { get; }

    /// <summary>Running means of their squares.</summary>
    public float* Squares { get; }

    /// <summary>The weights that training begins with.</summary>
    public float* Initial { get; }

    public LayerStates[] Layers { get; }

    /// <summary>What the last layer gives.</summary>
    public float* Last { get; }

    public float* LastNormed { get; }

    /// <summary>Scores, and then their gradients.</summary>
    public float* Logits { get; }

    /// <summary>Gradient of the residual stream.</summary>
    public float* State { get; }

    /// <summary>Gradient of what was added to it.</summary>
    public float* Branch { get; }

    /// <summary>Gradients of queries, keys and values.</summary>
    public float* Projected { get; }

    public float* Gates { get; }

    public float* Gated { get; }

    /// <summary>Inverse norms of rows.</summary>
    public float* Inverses { get; }

    public float* Tiles { get; }

    public byte* Panels { get; }

    /// <summary>By thread.</summary>
    public nint[] Attention { get; }

    float* Take(long numbers)
    {
        var at = start + length;
        length += (numbers + 15) / 16 * 16;
        return at;
    }
}

/// <summary>What a layer keeps on the way forward for the way back.</summary>
sealed unsafe class LayerStates
{
    public float* Input { get; init; }

    public float* Normed { get; init; }

    /// <summary>Queries, keys and values of all heads, one after another; queries and keys turned, queries scaled.</summary>
    public float* Projected { get; init; }

    public float* Attended { get; init; }

    /// <summary>The residual stream between attention and the feed-forward part.</summary>
    public float* Middle { get; init; }

    public float* FeedNormed { get; init; }

    /// <summary>The gate, then the other half.</summary>
    public float* Gates { get; init; }

    public float* Gated { get; init; }
}
