using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Cuda;

namespace GpuLab.Probes.Llm;

/// <summary>Activations of the rows that go through a layer at once, in one piece of memory of a device; each begins where its property says.</summary>
sealed class GpuBuffers : IDisposable
{
    /// <summary>Rows that go through a layer at once, at most.</summary>
    public const int StepRows = 1024;

    /// <summary>Rows that kernels touch beyond those that they are asked for: a tile, or a stretch of queries.</summary>
    const int Beyond = 128;

    readonly DeviceMemory? memory;
    long length;

    /// <param name="context">Where they are to be; null to find out how long they are.</param>
    /// <param name="splits">Parts that attention of one token is cut into.</param>
    /// <param name="most">Rows at most, though one for each sequence in any case.</param>
    public GpuBuffers(CudaContext? context, ModelShape shape, int sequences, int tokens, int splits, int most = StepRows)
    {
        Rows = (int)Math.Min(Math.Max(most, sequences), (long)sequences * tokens);
        long rows = Rows + Beyond, turns = sequences + Beyond;
        var projected = (shape.Heads + 2 * shape.KvHeads) * shape.HeadSize;
        State = Take(4 * rows * shape.Width);
        Normed = Take(2 * rows * shape.Width);
        Projected = Take(4 * rows * projected);
        Queries = Take(2 * rows * shape.Heads * shape.HeadSize);
        Attended = Take(2 * rows * shape.Heads * shape.HeadSize);
        Halves = Take(4 * rows * 2 * shape.Hidden);
        Gated = Take(2 * rows * shape.Hidden);
        Last = Take(2 * turns * shape.Width);
        Logits = Take(4 * ((long)sequences + GpuProducts.MostFew) * shape.Vocabulary);
        Best = Take(4 * turns);
        Parts = Take(4L * sequences * shape.Heads * splits * (shape.HeadSize + 2));
        Cosines = Take(4L * tokens * shape.HeadSize / 2);
        Sines = Take(4L * tokens * shape.HeadSize / 2);
        Orders = Take(GpuOrders.Bytes(Rows, sequences, PageTables.PagesOf(tokens)));
        if (context is not null) memory = new(context, length);
    }

    /// <summary>Of all of them.</summary>
    public long Bytes => length;

    public int Rows { get; }

    public DeviceMemory Memory => memory!;

    /// <summary>The residual stream, fp32.</summary>
    public long State { get; }

    /// <summary>Normed states, bf16.</summary>
    public long Normed { get; }

    /// <summary>Queries, keys and values, fp32.</summary>
    public long Projected { get; }

    /// <summary>Turned queries, bf16.</summary>
    public long Queries { get; }

    /// <summary>What attention found, bf16.</summary>
    public long Attended { get; }

    /// <summary>Gate and other half, fp32.</summary>
    public long Halves { get; }

    /// <summary>The input of a layer's last product, bf16.</summary>
    public long Gated { get; }

    /// <summary>Normed states of the rows whose scores are wanted, bf16.</summary>
    public long Last { get; }

    /// <summary>By turn, fp32.</summary>
    public long Logits { get; }

    /// <summary>By turn, the best token.</summary>
    public long Best { get; }

    /// <summary>Of attention of one token, by split.</summary>
    public long Parts { get; }

    /// <summary>By position and frequency, fp32.</summary>
    public long Cosines { get; }

    public long Sines { get; }

    /// <summary>What a step is about (<see cref="GpuOrders"/>).</summary>
    public long Orders { get; }

    /// <summary>The address of something.</summary>
    public ulong At(long place) => Memory.Start.Address + (ulong)place;

    public void Dispose() => memory?.Dispose();

    long Take(long bytes)
    {
        var at = length;
        length += (bytes + 255) / 256 * 256;
        return at;
    }
}
