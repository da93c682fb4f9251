using GpuLab.Probes.Llm;

namespace GpuLab.Probes.Train;

/// <summary>
/// Causal attention of one head of one sequence, forward and backward, by one thread. What was attended to is computed again on the way back instead of
/// being kept. What lies behind the diagonal is not computed but for the rest of a tile.
/// </summary>
/// <param name="memory">Of <see cref="Numbers"/>.</param>
sealed unsafe class TrainAttention(TrainShape shape, HostKernels kernels, float* memory)
{
    readonly int tokens = shape.Tokens, size = shape.HeadSize, width = 2 * kernels.Lanes, paddedSize = Padded(shape.HeadSize, kernels.Lanes);
    readonly nint stride = Padded(shape.Tokens, kernels.Lanes);

    readonly float*
        weights = memory,
        slopes = memory + (long)shape.Tokens * Padded(shape.Tokens, kernels.Lanes),
        panels = memory + 2L * shape.Tokens * Padded(shape.Tokens, kernels.Lanes),
        tiles = memory + 2L * shape.Tokens * Padded(shape.Tokens, kernels.Lanes) + Panels(shape, kernels.Lanes),
        results = memory + 2L * shape.Tokens * Padded(shape.Tokens, kernels.Lanes) + Panels(shape, kernels.Lanes) + Tiles(shape);

    /// <summary>Numbers of memory that a thread needs.</summary>
    public static long Numbers(TrainShape shape, int lanes) =>
        2L * shape.Tokens * Padded(shape.Tokens, lanes) + Panels(shape, lanes) + Tiles(shape) + RowTile.Most * (long)Padded(shape.HeadSize, lanes);

    static int Padded(int count, int lanes) => (count + 2 * lanes - 1) / (2 * lanes) * 2 * lanes;

    static long Panels(TrainShape shape, int lanes) => Math.Max((long)Padded(shape.Tokens, lanes) * shape.HeadSize, (long)shape.Tokens * Padded(shape.HeadSize, lanes));

    static long Tiles(TrainShape shape) => (Math.Max((long)shape.Tokens * shape.HeadSize, (long)RowTile.Most * shape.Tokens) + 15) / 16 * 16;

    /// <param name="q">Rotated and scaled queries; a token every <paramref name="from"/> numbers, as keys and values.</param>
    /// <param name="into">A token every <paramref name="to"/> numbers.</param>
    public void Forward(float* q, float* k, float* v, nint from, float* into, nint to)
    {
        Weigh(q, k, from);
        Below(weights, v, from, into, to);
    }

    /// <param name="d">Gradient of what <see cref="Forward"/> gave; a token every <paramref name="to"/> numbers.</param>
    /// <param name="dq">Gradients of the rotated and scaled queries, of keys and of values; a token every <paramref name="from"/> numbers.</param>
    public void Backward(float* q, float* k, float* v, nint from, float* d, nint to, float* dq, float* dk, float* dv)
    {
        Weigh(q, k, from);
        Transposed(weights, d, to, dv, from);
        Scores(d, to, v, from, slopes);
        for (var t = 0; t < tokens; t++)
        {
            float* weight = weights + t * stride, slope = slopes + t * stride;
            var mean = Pointwise.Dot(weight, slope, t + 1);
            for (var j = 0; j <= t; j++) slope[j] = weight[j] * (slope[j] - mean);
            for (var j = t + 1; j < stride; j++) slope[j] = 0;
        }
        Below(slopes, k, from, dq, from);
        Transposed(slopes, q, from, dk, from);
    }

    /// <summary>What each token attends to: rows of sum 1, zeros behind the diagonal.</summary>
    void Weigh(float* q, float* k, nint from)
    {
        Scores(q, from, k, from, weights);
        for (var t = 0; t < tokens; t++)
        {
            var row = weights + t * stride;
            Pointwise.Scale(row, 1 / kernels.Exponentials(row, t + 1, (int)stride), t + 1);
        }
    }

    /// <summary>into[t, j] = x[t] · y[j] up to the diagonal, and some behind it.</summary>
    void Scores(float* x, nint xStride, float* y, nint yStride, float* into)
    {
        var rows = Operand.Rows(x, xStride);
        for (var row = 0; row < tokens;)
        {
            var tile = RowTile.At(row, tokens);
            rows.PackTile(row, tile.Rows, size, tiles + (long)row * size);
            row += tile.Rows;
        }
        for (var first = 0; first < tokens; first += width)
        {
            Operand.Rows(y, yStride).PackPanel(first, tokens, size, width, panels);
            for (var row = first / RowTile.Most * RowTile.Most; row < tokens;)
            {
                var tile = RowTile.At(row, tokens);
                kernels.TileSingle((byte*)panels, size, tiles + (long)row * size, tile.Rows, into + row * stride + first, stride, false);
                row += tile.Rows;
            }
        }
    }

    /// <summary>into[t] = Σ over j ≤ t of lower[t, j] · x[j]</summary>
    void Below(float* lower, float* x, nint xStride, float* into, nint to)
    {
        PackColumns(x, xStride);
        for (var row = 0; row < tokens;)
        {
            var tile = RowTile.At(row, tokens);
            var inputs = row + tile.Rows;
            Operand.Rows(lower, stride).PackTile(row, tile.Rows, inputs, tiles);
            Multiply(tile, 0, inputs, into, to);
            row += tile.Rows;
        }
    }

    /// <summary>into[j] = Σ over t ≥ j of lower[t, j] · x[t]</summary>
    void Transposed(float* lower, float* x, nint xStride, float* into, nint to)
    {
        PackColumns(x, xStride);
        for (var row = 0; row < tokens;)
        {
            var tile = RowTile.At(row, tokens);
            new Operand(lower + row * stride, 1, stride).PackTile(row, tile.Rows, tokens - row, tiles);
            Multiply(tile, row, tokens - row, into, to);
            row += tile.Rows;
        }
    }

    void PackColumns(float* x, nint xStride)
    {
        for (var first = 0; first < size; first += width) Operand.Columns(x, xStride).PackPanel(first, size, tokens, width, panels + (long)first * tokens);
    }

    /// <summary>The packed tile by some inputs of the packed columns.</summary>
    void Multiply(RowTile tile, int input, int inputs, float* into, nint to)
    {
        for (var first = 0; first < size; first += width)
            kernels.TileSingle((byte*)(panels + (long)first * tokens + (long)input * width), inputs, tiles, tile.Rows, results + first, paddedSize, false);
        for (var r = 0; r < tile.Rows; r++) new ReadOnlySpan<float>(results + r * paddedSize, size).CopyTo(new(into + (tile.First + r) * to, size));
    }
}
