using GpuLab.Probes.Checkpoints;

namespace GpuLab.Probes.Llm;

/// <summary>Activations of the rows that go through a layer at once, and every thread's scratch memory; numbers of single precision.</summary>
sealed unsafe class HostBuffers
{
    long length;
    readonly float* start;

    /// <param name="start">Where they are to lie, on a line of 64 bytes; null to find out how long they are.</param>
    /// <param name="rows">Most rows of a step through a layer.</param>
    /// <param name="sequences">Most turns of a step.</param>
    /// <param name="tokens">Most tokens of a sequence.</param>
    public HostBuffers(ModelShape shape, int lanes, int threads, int rows, int sequences, int tokens, float* start)
    {
        this.start = start;
        var width = 2 * lanes;
        (Rows, ProjectedStride) = (rows, Padded((shape.Heads + 2 * shape.KvHeads) * shape.HeadSize));
        (StateStride, LogitStride) = (Padded(shape.Width), Padded(shape.Vocabulary));
        State = Take((long)rows * StateStride);
        Packed = Take((long)rows * Math.Max(shape.Width, shape.Heads * shape.HeadSize));
        Gated = Take((long)rows * shape.Hidden);
        Projected = Take((long)rows * ProjectedStride);
        Last = Take((long)sequences * shape.Width);
        Logits = Take((long)sequences * LogitStride);
        Normed = [.. Enumerable.Range(0, threads).Select(_ => (nint)Take(shape.Width))];
        Halves = [.. Enumerable.Range(0, threads).Select(_ => (nint)Take(2L * rows * GatePanels * width))];
        Attention = [.. Enumerable.Range(0, threads).Select(_ => (nint)Take(HostAttention.Numbers(shape, lanes, tokens)))];

        int Padded(int outputs) => (outputs + width - 1) / width * width;
    }

    /// <summary>Panels of the gate and of the other half that are multiplied before they are combined.</summary>
    public const int GatePanels = 4;

    public long Bytes => length * sizeof(float);

    public int Rows { get; }

    public int StateStride { get; }

    public int ProjectedStride { get; }

    public int LogitStride { get; }

    /// <summary>The residual stream, row by row.</summary>
    public float* State { get; }

    /// <summary>Normed states or what attention found, in tiles.</summary>
    public float* Packed { get; }

    /// <summary>The input of the last product of a layer, in tiles.</summary>
    public float* Gated { get; }

    /// <summary>Queries, keys and values, row by row.</summary>
    public float* Projected { get; }

    /// <summary>Normed states of the rows whose scores are wanted, in tiles.</summary>
    public float* Last { get; }

    public float* Logits { get; }

    /// <summary>By thread: one normed row.</summary>
    public nint[] Normed { get; }

    /// <summary>By thread: some panels of the gate, row by row, and as many of the other half.</summary>
    public nint[] Halves { get; }

    /// <summary>By thread.</summary>
    public nint[] Attention { get; }

    float* Take(long numbers)
    {
        var at = start + length;
        length += (numbers + 15) / 16 * 16;
        return at;
    }
}
