using System.Numerics;
using GpuLab.Probes.Llm;

namespace GpuLab.Probes.Train;

/// <summary>
/// Matrix products of a whole team: both sides are packed, all meet, every thread computes some panels by blocks of rows, all meet. A sum goes through the
/// inputs in order, so the number of threads does not change a bit.
/// </summary>
/// <param name="brains">Whether both sides are rounded to bf16 first; sums are in single precision either way.</param>
/// <param name="tiles">Memory for the packed rows.</param>
/// <param name="panels">Memory for the packed other side.</param>
sealed unsafe class TrainProduct(HostKernels kernels, bool brains, float* tiles, byte* panels, TeamBarrier barrier, int threads)
{
    /// <summary>Inputs of a block: with a panel of them, the first-level cache is filled. Rows that a panel is multiplied with before the next one comes.</summary>
    const int InputBlock = 256, RowBlock = 32 * RowTile.Most;

    readonly int width = 2 * kernels.Lanes, wordBytes = brains ? sizeof(ushort) : sizeof(float);

    /// <summary>c ← a · bᵀ, or that added to c. To be called by every thread.</summary>
    /// <param name="outputs">Rows of b, a multiple of a panel.</param>
    /// <param name="c">A row every <paramref name="stride"/> numbers.</param>
    public void Run(int thread, Operand a, Operand b, float* c, nint stride, int rows, int inputs, int outputs, bool add = false)
    {
        Pack(thread, a, b, rows, inputs, outputs);
        barrier.Meet();
        var blocks = (rows + RowBlock - 1) / RowBlock;
        var units = outputs / width * blocks;
        for (var unit = Share.First(units, thread, threads); unit < Share.First(units, thread + 1, threads); unit++)
        {
            var (panel, top) = (unit / blocks, unit % blocks * RowBlock);
            Block(panels + (long)panel * inputs * width * wordBytes, top, Math.Min(rows, top + RowBlock), rows, inputs, c + panel * width, stride, add);
        }
        barrier.Meet();
    }

    void Pack(int thread, Operand a, Operand b, int rows, int inputs, int outputs)
    {
        var groups = (rows + RowTile.Most - 1) / RowTile.Most;
        var end = Math.Min(rows, Share.First(groups, thread + 1, threads) * RowTile.Most);
        for (var row = Share.First(groups, thread, threads) * RowTile.Most; row < end;)
        {
            var tile = RowTile.At(row, rows);
            var into = tiles + (long)row * inputs;
            a.PackTile(row, tile.Rows, inputs, into);
            if (brains) Round(into, tile.Rows * inputs);
            row += tile.Rows;
        }
        var all = outputs / width;
        for (var panel = Share.First(all, thread, threads); panel < Share.First(all, thread + 1, threads); panel++)
        {
            var into = panels + (long)panel * inputs * width * wordBytes;
            if (brains) b.PackBrains(panel * width, inputs, kernels.Lanes, (ushort*)into);
            else b.PackPanel(panel * width, outputs, inputs, width, (float*)into);
        }
    }

    void Block(byte* panel, int top, int bottom, int rows, int inputs, float* c, nint stride, bool add)
    {
        for (var input = 0; input < inputs; input += InputBlock)
        {
            var count = Math.Min(InputBlock, inputs - input);
            var at = panel + (long)input * width * wordBytes;
            for (var row = top; row < bottom;)
            {
                var tile = RowTile.At(row, rows);
                float* from = tiles + (long)row * inputs + (long)input * tile.Rows, to = c + row * stride;
                if (brains) kernels.Tile(at, count, from, tile.Rows, to, stride, add || input > 0);
                else kernels.TileSingle(at, count, from, tile.Rows, to, stride, add || input > 0);
                row += tile.Rows;
            }
        }
    }

    /// <summary>To bf16, nearest, ties to even.</summary>
    static void Round(float* numbers, int count)
    {
        var i = 0;
        for (; i <= count - Vector<uint>.Count; i += Vector<uint>.Count)
        {
            var bits = Vector.Load((uint*)numbers + i);
            ((bits + new Vector<uint>(0x7FFF) + ((bits >>> 16) & Vector<uint>.One)) & new Vector<uint>(0xFFFF0000)).Store((uint*)numbers + i);
        }
        for (; i < count; i++) numbers[i] = Bf16.Widen(Bf16.Round(numbers[i]));
    }
}

/// <summary>A thread's part of so many things.</summary>
static class Share
{
    public static int First(int count, int thread, int threads) => (int)((long)count * thread / threads);

    public static long First(long count, int thread, int threads) => count * thread / threads;
}
