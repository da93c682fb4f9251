using GpuLab.Probes.Cuda;

namespace GpuLab.Probes.Llm;

/// <summary>
/// What a step is about, in pinned memory and in one copy of it on the device: tokens, where each row belongs, stretches of attention, rows whose scores are
/// wanted, pages of all sequences. Lists lie one after another as long as they are, so that steps of equal lists have equal addresses.
/// </summary>
sealed unsafe class GpuOrders : IDisposable
{
    readonly PinnedMemory memory;
    readonly PageTables pages;
    readonly int most;

    /// <param name="rows">Most rows of a step.</param>
    public GpuOrders(CudaContext context, int rows, PageTables pages)
    {
        (this.pages, most) = (pages, rows);
        memory = new(context, Bytes(rows, pages.Sequences, pages.Each));
        (stretches, lasts) = (new GpuStretch[rows], new uint[pages.Sequences]);
        (tokens, belongs) = (new uint[rows], new GpuRow[rows]);
    }

    readonly uint[] tokens, lasts;
    readonly GpuRow[] belongs;
    readonly GpuStretch[] stretches;

    public int Rows { get; private set; }

    public int Stretches { get; private set; }

    public int Lasts { get; private set; }

    /// <summary>The turn of the first row whose scores are wanted.</summary>
    public int FirstTurn { get; private set; }

    public bool Full => Rows == most;

    /// <summary>Whether each row is the only one of its sequence.</summary>
    public bool IsDecoding => Rows == Stretches && Rows <= pages.Sequences;

    public long Belongs => 4L * Rows + 4L * (Rows & 1);

    public long StretchList => Belongs + 8L * Rows;

    public long LastList => StretchList + 16L * Stretches;

    public long Table => LastList + 4L * Lasts;

    /// <summary>Bytes that a step copies.</summary>
    public long Length => Table + 4L * pages.All.Length;

    /// <summary>Memory for the longest lists.</summary>
    public static long Bytes(int rows, int sequences, int pagesEach) => 4L * (rows + 1) + 8L * rows + 16L * rows + 4L * sequences + 4L * sequences * pagesEach;

    /// <summary>Begins anew.</summary>
    /// <param name="turn">The next turn whose scores will be wanted.</param>
    public void Clear(int turn) => (Rows, Stretches, Lasts, FirstTurn) = (0, 0, 0, turn);

    public void Add(int token, int sequence, int position, bool last)
    {
        ref var before = ref stretches[Math.Max(0, Stretches - 1)];
        if (Stretches > 0 && before.Sequence == sequence && before.Count < GpuStretch.Most) before = before with { Count = before.Count + 1 };
        else stretches[Stretches++] = new((uint)Rows, 1, (uint)sequence, (uint)position);
        (tokens[Rows], belongs[Rows]) = ((uint)token, new((uint)sequence, (uint)position));
        if (last) lasts[Lasts++] = (uint)Rows;
        Rows++;
    }

    /// <summary>Puts the lists where they are copied from. What was copied before has arrived.</summary>
    public byte* Write()
    {
        var at = (byte*)memory.Start;
        tokens.AsSpan(0, Rows).CopyTo(new(at, Rows));
        belongs.AsSpan(0, Rows).CopyTo(new(at + Belongs, Rows));
        stretches.AsSpan(0, Stretches).CopyTo(new(at + StretchList, Stretches));
        lasts.AsSpan(0, Lasts).CopyTo(new(at + LastList, Lasts));
        pages.All.CopyTo(new(at + Table, pages.All.Length));
        return at;
    }

    public void Dispose() => memory.Dispose();
}
