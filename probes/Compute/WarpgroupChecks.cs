using System.Runtime.InteropServices;
using GpuLab.Model;
using GpuLab.Probes.Kernels;

namespace GpuLab.Probes.Compute;

/// <summary>Products by wgmma on small whole numbers, exact in both formats. The host has no twin of wgmma: only a GPU runs these.</summary>
static class WarpgroupChecks
{
    /// <summary><c>GL_GROUPS</c> and <c>GL_SLICES</c> of warpgroup.cu; a tile of A, a tile of B.</summary>
    public const int Groups = 2, Slices = 2, Rows = 64, Columns = 256;

    /// <summary>Bytes of a row of a tile along k.</summary>
    const int RowBytes = 32;

    const uint Rounds = 3;

    public static IReadOnlyList<KernelCheck> All { get; } = [Check("bf16", TensorFormat.Bf16), Check("fp8", TensorFormat.Fp8)];

    static KernelCheck Check(string name, TensorFormat format) => new($"warpgroup.{name}", [$"gl_warpgroup_peak_{name}"], (on, seed) => Compare(on, $"gl_warpgroup_peak_{name}", format, seed), KernelModules.Hopper);

    /// <summary>Tiles of A and B on the device, and what a block's warpgroups hold after one round: [warpgroup][row][column].</summary>
    public static (ulong A, ulong B, long[] Product) Operands(IKernelRunner on, TensorFormat format, ulong seed, int least, int most)
    {
        var depth = RowBytes * format.Packed / 4;
        var random = new SplitMix(seed);
        var a = Tiles(random, Groups * Slices, Rows * depth, least, most);
        var b = Tiles(random, Slices, Columns * depth, least, most);
        var product = new long[Groups * Rows * Columns];
        for (var i = 0; i < product.Length; i++)
        {
            var (group, row, column) = (i / (Rows * Columns), i / Columns % Rows, i % Columns);
            for (var slice = 0; slice < Slices; slice++)
            {
                for (var k = 0; k < depth; k++) product[i] += (long)a[group * Slices + slice][row * depth + k] * b[slice][column * depth + k];
            }
        }
        return (on.Allocate<byte>(Packed(a, Rows, depth, format)), on.Allocate<byte>(Packed(b, Columns, depth, format)), product);
    }

    static string? Compare(IKernelRunner on, string kernel, TensorFormat format, ulong seed)
    {
        const int blocks = 2;
        var (a, b, product) = Operands(on, format, seed, -8, 8);
        var d = on.Allocate(blocks * product.Length * sizeof(float));
        on.Launch(kernel, new(blocks, 128 * Groups), a, b, d, Rounds);
        float[] one = [.. product.Select(p => (float)(Rounds * p))];
        return Differences.First(kernel, [.. one, .. one], on.Download<float>(d, blocks * one.Length));
    }

    /// <summary>Whole numbers, [tile][row × depth + k].</summary>
    static int[][] Tiles(SplitMix random, int count, int numbers, int least, int most) =>
        [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, numbers).Select(_ => least + random.Below(most - least + 1)).ToArray())];

    /// <summary>Tiles as their matrix descriptor has them: core matrices of 8 rows by 16 bytes, along k first, then the next 8 rows.</summary>
    static byte[] Packed(int[][] tiles, int rows, int depth, TensorFormat format)
    {
        var bytes = new byte[tiles.Length * rows * RowBytes];
        var size = 4 / format.Packed;
        var across = depth / 2;
        for (var tile = 0; tile < tiles.Length; tile++)
        {
            for (var i = 0; i < rows * depth; i++)
            {
                var (row, k) = (i / depth, i % depth);
                var at = tile * rows * RowBytes + (row / 8 * 2 + k / across) * 128 + row % 8 * 16 + k % across * size;
                var bits = format.Encode(tiles[tile][i]);
                MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in bits))[..size].CopyTo(bytes.AsSpan(at));
            }
        }
        return bytes;
    }
}
