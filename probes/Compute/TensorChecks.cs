using GpuLab.Model;
using GpuLab.Probes.Kernels;

namespace GpuLab.Probes.Compute;

/// <summary>Products by mma.sync on small whole numbers: exact in every format, whatever the order in which a tensor core sums.</summary>
static class TensorChecks
{
    const uint Rounds = 3;

    public static IReadOnlyList<KernelCheck> All { get; } =
    [
        Floating(TensorFormat.Tf32), Floating(TensorFormat.Bf16), Floating(TensorFormat.Fp16), Floating(TensorFormat.Fp8, KernelModules.Fp8),
        new("tensor.int8", [TensorFormat.Int8.Kernel], static (on, seed) => Compare<int>(on, TensorFormat.Int8, seed, -128, 127, v => (int)v)),
    ];

    /// <summary>Fragments of A and B on the device, and what a warp's tiles hold after one round: [tile][lane][4].</summary>
    public static (ulong A, ulong B, long[] Product) Operands(IKernelRunner on, TensorFormat format, ulong seed, int least, int most)
    {
        var random = new SplitMix(seed);
        var a = Matrix(random, TensorFormat.TilesA * TensorFormat.Rows, format.Depth, least, most);
        var b = Matrix(random, format.Depth, TensorFormat.TilesB * TensorFormat.Columns, least, most);
        var fragmentsA = Enumerable.Range(0, TensorFormat.TilesA).SelectMany(t => format.FragmentA((row, k) => a[t * TensorFormat.Rows + row, k])).ToArray();
        var fragmentsB = Enumerable.Range(0, TensorFormat.TilesB).SelectMany(t => format.FragmentB((k, column) => b[k, t * TensorFormat.Columns + column])).ToArray();
        var product = new long[TensorFormat.Tiles * 32 * 4];
        for (var i = 0; i < product.Length; i++)
        {
            var tile = i / 128;
            var (row, column) = TensorFormat.Place(i / 4 % 32, i % 4);
            row += tile / TensorFormat.TilesB * TensorFormat.Rows;
            column += tile % TensorFormat.TilesB * TensorFormat.Columns;
            for (var k = 0; k < format.Depth; k++) product[i] += (long)a[row, k] * b[k, column];
        }
        return (on.Allocate<uint>(fragmentsA), on.Allocate<uint>(fragmentsB), product);
    }

    static KernelCheck Floating(TensorFormat format, string module = KernelModules.Common) => new($"tensor.{format.Name}", [format.Kernel],
        (on, seed) => Compare<float>(on, format, seed, -8, 8, v => v), module);

    static unsafe string? Compare<T>(IKernelRunner on, TensorFormat format, ulong seed, int least, int most, Func<long, T> value) where T : unmanaged, IEquatable<T>, IFormattable
    {
        const int warps = 6;
        var (a, b, product) = Operands(on, format, seed, least, most);
        var d = on.Allocate(warps * product.Length * sizeof(T));
        on.Launch(format.Kernel, new(3, 32 * warps / 3), a, b, d, Rounds);
        var expected = Enumerable.Repeat(product, warps).SelectMany(p => p).Select(v => value(Rounds * v)).ToArray();
        return Differences.First(format.Kernel, expected, on.Download<T>(d, expected.Length));
    }

    static int[,] Matrix(SplitMix random, int rows, int columns, int least, int most)
    {
        var matrix = new int[rows, columns];
        for (var i = 0; i < matrix.Length; i++) matrix[i / columns, i % columns] = least + random.Below(most - least + 1);
        return matrix;
    }
}
