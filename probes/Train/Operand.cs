using GpuLab.Probes.Llm;

namespace GpuLab.Probes.Train;

/// <summary>One side of a product: number (row, input) lies at row × <paramref name="row"/> + input × <paramref name="input"/>, so a transposed matrix is the same memory.</summary>
readonly unsafe struct Operand(float* at, nint row, nint input)
{
    /// <summary>A matrix as it lies, row after row.</summary>
    public static Operand Rows(float* at, nint stride) => new(at, stride, 1);

    /// <summary>Its columns as rows.</summary>
    public static Operand Columns(float* at, nint stride) => new(at, 1, stride);

    /// <summary>Some rows side by side for each input, as <see cref="HostKernels.TileSingle"/> takes them.</summary>
    public void PackTile(int first, int rows, int inputs, float* into)
    {
        if (input == 1)
        {
            for (var r = 0; r < rows; r++)
            {
                var from = at + (first + r) * row;
                for (var q = 0; q < inputs; q++) into[q * rows + r] = from[q];
            }
            return;
        }
        for (var q = 0; q < inputs; q++)
        {
            var from = at + first * row + q * input;
            for (var r = 0; r < rows; r++) into[q * rows + r] = from[r * row];
        }
    }

    /// <summary>As many rows as two registers hold, side by side for each input; zeros beyond <paramref name="rows"/>.</summary>
    public void PackPanel(int first, int rows, int inputs, int width, float* into)
    {
        var count = Math.Min(width, rows - first);
        if (row == 1)
        {
            for (var q = 0; q < inputs; q++)
            {
                float* from = at + first + q * input, to = into + (nint)q * width;
                for (var j = 0; j < count; j++) to[j] = from[j];
                for (var j = count; j < width; j++) to[j] = 0;
            }
            return;
        }
        for (var j = 0; j < width; j++)
        {
            var from = at + (first + j) * row;
            for (var q = 0; q < inputs; q++) into[(nint)q * width + j] = j < count ? from[q * input] : 0;
        }
    }

    /// <summary>The same in bf16, as <see cref="HostKernels.Tile"/> takes it: number j shares a word with number j + lanes.</summary>
    public void PackBrains(int first, int inputs, int lanes, ushort* into)
    {
        for (var j = 0; j < 2 * lanes; j++)
        {
            var from = at + (first + j) * row;
            var to = into + 2 * (j % lanes) + j / lanes;
            for (var q = 0; q < inputs; q++) to[(nint)q * 2 * lanes] = Bf16.Round(from[q * input]);
        }
    }
}
