using GpuLab.Probes.Checkpoints;

namespace GpuLab.Probes.Llm;

/// <summary>
/// Causal attention of the query heads that share one head of keys and values, for some tokens of one sequence, by one thread.
/// Scores and weighted sums are products with the cache's panels.
/// </summary>
sealed unsafe class HostAttention(ModelShape shape, HostKernels kernels, PagedCache cache, float* memory)
{
    const int Rows = RowTile.Most;

    readonly int size = shape.HeadSize, group = shape.Heads / shape.KvHeads, width = 2 * kernels.Lanes;

    /// <summary>Scores row by row; the same, side by side; queries side by side; results row by row.</summary>
    readonly float* scores = memory, shares = memory + Rows * (long)cache.Tokens, queries = memory + 2L * Rows * cache.Tokens, results = memory + 2L * Rows * cache.Tokens + Rows * shape.HeadSize;

    int PaddedSize => (size + width - 1) / width * width;

    /// <summary>Numbers of memory that a thread needs.</summary>
    public static long Numbers(ModelShape shape, int lanes, int tokens) => 2L * Rows * (PageTables.PagesOf(tokens) * PageTables.PageTokens) + Rows * (2L * shape.HeadSize + 2 * lanes);

    /// <summary>Attends from tokens of a sequence whose keys and values are in the cache.</summary>
    /// <param name="position">Of the first token.</param>
    /// <param name="q">Rotated and scaled queries of the first token, all heads; a token every <paramref name="stride"/> numbers.</param>
    /// <param name="into">Where the packed input of the next product begins.</param>
    /// <param name="row">The first token's row in it.</param>
    /// <param name="rows">Rows of it.</param>
    public void Run(int sequence, int layer, int kvHead, int position, int tokens, float* q, nint stride, float* into, int row, int rows)
    {
        var all = tokens * group;
        for (var first = 0; first < all;)
        {
            var tile = RowTile.At(first, all);
            for (var r = 0; r < tile.Rows; r++)
            {
                var query = q + (first + r) / group * stride + (kvHead * group + (first + r) % group) * size;
                for (var i = 0; i < size; i++) queries[i * tile.Rows + r] = query[i];
            }
            Tile(sequence, layer, kvHead, position + first / group, first % group, tile.Rows);
            for (var r = 0; r < tile.Rows; r++)
            {
                var (offset, apart) = RowTile.Packed(row + (first + r) / group, rows, shape.Heads * size);
                var target = into + offset + (long)(kvHead * group + (first + r) % group) * size * apart;
                var result = results + r * PaddedSize;
                for (var i = 0; i < size; i++) target[i * apart] = result[i];
            }
            first += tile.Rows;
        }
    }

    /// <param name="position">Of the first row's token.</param>
    /// <param name="head">The first row's head in its group.</param>
    void Tile(int sequence, int layer, int kvHead, int position, int head, int rows)
    {
        var context = position + (head + rows - 1) / group + 1;
        var pages = PageTables.PagesOf(context);
        var padded = pages * PageTables.PageTokens;
        for (var page = 0; page < pages; page++)
        {
            var keys = cache.Keys(sequence, page, layer, kvHead);
            for (var first = 0; first < PageTables.PageTokens; first += width, keys += cache.KeyPanel)
                kernels.Tile(keys, size, queries, rows, scores + page * PageTables.PageTokens + first, padded, false);
        }
        var sums = stackalloc float[Rows];
        for (var r = 0; r < rows; r++)
        {
            var row = scores + (long)r * padded;
            sums[r] = kernels.Exponentials(row, position + (head + r) / group + 1, padded);
            for (var t = 0; t < padded; t++) shares[t * rows + r] = row[t];
        }
        for (var page = 0; page < pages; page++)
        {
            var values = cache.Values(sequence, page, layer, kvHead);
            var tokens = Math.Min(PageTables.PageTokens, context - page * PageTables.PageTokens);
            for (var first = 0; first < PaddedSize; first += width, values += cache.ValuePanel)
                kernels.Tile(values, tokens, shares + (long)page * PageTables.PageTokens * rows, rows, results + first, PaddedSize, page > 0);
        }
        for (var r = 0; r < rows; r++)
        {
            var share = 1 / sums[r];
            for (var i = 0; i < size; i++) results[r * PaddedSize + i] *= share;
        }
    }
}
