using GpuLab.Probes.Checkpoints;

namespace GpuLab.Probes.Llm;

/// <summary>
/// Keys and values of sequences, in bf16, in pages of 32 tokens that lie anywhere in a pool. A page holds all layers of its tokens;
/// within it keys lie as panels whose outputs are tokens and values as panels whose inputs are tokens, so that attention is made of
/// the same products as everything else.
/// </summary>
sealed unsafe class PagedCache
{
    readonly byte* start;
    readonly int lanes, headSize;
    readonly long keyBytes, headBytes, layerBytes;
    readonly PageTables tables;

    /// <param name="start">Memory of <see cref="Bytes"/>, zero or of earlier pages: no numbers that are not finite.</param>
    /// <param name="sequences">Sequences it can hold at once.</param>
    /// <param name="tokens">Most tokens of each.</param>
    /// <param name="seed">Of the order in which pages are given out.</param>
    public PagedCache(ModelShape shape, int lanes, byte* start, int sequences, int tokens, ulong seed)
    {
        (this.lanes, headSize) = (lanes, shape.HeadSize);
        this.start = start;
        keyBytes = KeyBytes(shape);
        headBytes = HeadBytes(shape, lanes);
        layerBytes = headBytes * shape.KvHeads;
        PageBytes = layerBytes * shape.Layers;
        tables = new(sequences, tokens, seed);
    }

    /// <summary>Most tokens of a sequence.</summary>
    public int Tokens => tables.Tokens;

    public int Sequences => tables.Sequences;

    /// <summary>Bytes of a page, with what fills heads whose size is no multiple of a panel.</summary>
    public long PageBytes { get; }

    /// <summary>Memory that a cache needs.</summary>
    public static long Bytes(ModelShape shape, int lanes, int sequences, int tokens) => HeadBytes(shape, lanes) * shape.KvHeads * shape.Layers * PageTables.PagesOf(tokens) * sequences;

    static long KeyBytes(ModelShape shape) => 2L * PageTables.PageTokens * shape.HeadSize;

    static long HeadBytes(ModelShape shape, int lanes) => KeyBytes(shape) + 2L * PageTables.PageTokens * ((shape.HeadSize + 2 * lanes - 1) / (2 * lanes) * 2 * lanes);

    /// <inheritdoc cref="PageTables.Length"/>
    public int Length(int sequence) => tables.Length(sequence);

    /// <inheritdoc cref="PageTables.Resize"/>
    public void Resize(int sequence, int length) => tables.Resize(sequence, length);

    /// <summary>The memory of a sequence's page by its number in the sequence.</summary>
    public byte* Page(int sequence, int number) => start + tables.Page(sequence, number) * PageBytes;

    /// <summary>Panels of keys of a page.</summary>
    public byte* Keys(int sequence, int page, int layer, int head) => Page(sequence, page) + layer * layerBytes + head * headBytes;

    /// <summary>Panels of values of a page.</summary>
    public byte* Values(int sequence, int page, int layer, int head) => Keys(sequence, page, layer, head) + keyBytes;

    /// <summary>Bytes from one panel of keys to the next.</summary>
    public long KeyPanel => 4L * lanes * headSize;

    public long ValuePanel => 4L * lanes * PageTables.PageTokens;

    /// <summary>Stores the keys and values of one token and head, rounded to bf16.</summary>
    public void Store(int sequence, int position, int layer, int head, float* keys, float* values)
    {
        var (page, slot, width) = (position / PageTables.PageTokens, position % PageTables.PageTokens, 2 * lanes);
        var k = (ushort*)(Keys(sequence, page, layer, head) + slot / width * KeyPanel) + Half(slot % width);
        for (var i = 0; i < headSize; i++) k[i * width] = Bf16.Round(keys[i]);
        var v = (ushort*)(Values(sequence, page, layer, head) + slot * 4L * lanes);
        for (var i = 0; i < headSize; i++) v[i / width * (ValuePanel / 2) + Half(i % width)] = Bf16.Round(values[i]);
    }

    int Half(int output) => 2 * (output % lanes) + output / lanes;
}
