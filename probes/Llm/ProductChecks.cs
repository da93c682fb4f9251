using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Kernels;

namespace GpuLab.Probes.Llm;

/// <summary>Products of a GPU on small whole numbers, whose sums are exact in any order.</summary>
static class ProductChecks
{
    public static IReadOnlyList<KernelCheck> All { get; } =
    [
        .. Enum.GetValues<WeightFormat>().Select(f => new KernelCheck($"llm.product.{Name(f)}", [GpuProducts.Few(f, 1), GpuProducts.Few(f, 4)], (on, seed) => Few(on, f, seed), KernelModules.Llm)),
        .. Enum.GetValues<WeightFormat>().Select(f => new KernelCheck($"llm.tiles.{Name(f)}", [GpuProducts.Tiles(f)], (on, seed) => Tiles(on, f, seed), KernelModules.Llm)),
    ];

    static string Name(WeightFormat format) => format.ToString().ToLowerInvariant();

    /// <summary>Rows of weights of less than a warp's vectors, and of more than it has on their way.</summary>
    static string? Few(IKernelRunner on, WeightFormat format, ulong seed)
    {
        foreach (var (rows, outputs, inputs) in ((int, int, int)[])[(1, 37, 128), (1, 13, 5056), (4, 29, 704), (4, 11, 4288)])
        {
            var test = new Case(on, format, seed, rows, rows, outputs, inputs);
            on.Launch(GpuProducts.Few(format, rows), new(3, 96), test.Weights, test.Scales, test.X, (uint)inputs, (uint)outputs, test.Start, (uint)outputs, test.Y);
            if (test.Wrong(on, GpuProducts.Few(format, rows)) is { } wrong) return wrong;
        }
        return null;
    }

    static string? Tiles(IKernelRunner on, WeightFormat format, ulong seed)
    {
        foreach (var (rows, outputs, inputs) in ((int, int, int)[])[(1, 128, 64), (77, 256, 320), (130, 128, 128)])
        {
            var tiles = (rows + GpuProducts.TileRows(format) - 1) / GpuProducts.TileRows(format);
            var test = new Case(on, format, seed, rows, tiles * GpuProducts.TileRows(format), outputs, inputs);
            on.Launch(GpuProducts.Tiles(format), new((uint)(tiles * outputs / GpuProducts.TileColumns), 256), test.Weights, test.Scales, test.X, (uint)rows, (uint)inputs, (uint)outputs, test.Start, 0u, test.Y);
            if (test.Wrong(on, GpuProducts.Tiles(format), biased: true) is { } wrong) return wrong;
        }
        return null;
    }

    sealed class Case
    {
        readonly int rows, outputs, inputs;
        readonly int[] weights, x, start;

        /// <param name="room">Rows that there is memory for.</param>
        public Case(IKernelRunner on, WeightFormat format, ulong seed, int rows, int room, int outputs, int inputs)
        {
            (this.rows, this.outputs, this.inputs) = (rows, outputs, inputs);
            var random = new SplitMix(seed);
            var most = format == WeightFormat.Int4 ? 7 : 127;
            weights = [.. Enumerable.Range(0, outputs * inputs).Select(i => i % 64 == 5 ? most : random.Below(2 * most + 1) - most)];
            x = [.. Enumerable.Range(0, rows * inputs).Select(_ => random.Below(9) - 4)];
            start = [.. Enumerable.Range(0, rows * outputs).Select(_ => random.Below(1000) - 500)];
            var matrix = new RowMatrix(outputs, inputs, format);
            var (bytes, scales) = (new byte[matrix.Bytes], new ushort[Math.Max(1, matrix.ScaleBytes / sizeof(ushort))]);
            for (var output = 0; output < outputs; output++)
                matrix.Pack([.. weights.AsSpan(output * inputs, inputs).ToArray().Select(w => (float)w)], bytes.AsSpan(output * matrix.RowBytes, matrix.RowBytes), scales.AsSpan(output * matrix.RowScales, matrix.RowScales));
            var brains = new ushort[room * inputs];
            // Rows that nobody asked for hold what is no number.
            Array.Fill(brains, (ushort)0x7FC0);
            for (var i = 0; i < x.Length; i++) brains[i] = (ushort)(BitConverter.SingleToUInt32Bits(x[i]) >> 16);
            (Weights, Scales, X) = (on.Allocate<byte>(bytes), on.Allocate<ushort>(scales), on.Allocate<ushort>(brains));
            Start = on.Allocate<float>([.. start.Select(s => (float)s)]);
            Y = on.Allocate((long)rows * outputs * sizeof(float));
        }

        public ulong Weights { get; }

        public ulong Scales { get; }

        public ulong X { get; }

        public ulong Start { get; }

        public ulong Y { get; }

        /// <param name="biased">Whether all rows started with the first row's numbers.</param>
        public string? Wrong(IKernelRunner on, string kernel, bool biased = false)
        {
            var expected = new float[rows * outputs];
            for (var i = 0; i < expected.Length; i++)
            {
                var (row, output) = (i / outputs, i % outputs);
                long sum = start[biased ? output : i];
                for (var k = 0; k < inputs; k++) sum += (long)weights[output * inputs + k] * x[row * inputs + k];
                expected[i] = sum;
            }
            return Differences.First(string.Create(CultureInfo.InvariantCulture, $"{kernel}, {rows} × {outputs} × {inputs}"), expected, on.Download<float>(Y, expected.Length));
        }
    }
}
