using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Cuda;

namespace GpuLab.Probes.Llm;

/// <summary>Compares products of the sizes that will be timed, on the weights that will be used, with plain sums in double precision.</summary>
static unsafe class GpuMatrixCheck
{
    /// <summary>Rows that meet each kind of kernel.</summary>
    static readonly int[] rowCounts = [1, GpuProducts.MostFew, GpuProducts.MostFew + 3];

    /// <exception cref="InvalidOperationException">A product is wrong.</exception>
    public static void Demand(CudaSession session, GpuModel model, GpuWeights weights, DeviceMemory memory, ulong seed)
    {
        foreach (var matrix in weights.Kinds)
        {
            foreach (var rows in rowCounts)
            {
                if (Wrong(session, model, weights, memory, matrix, rows, seed) is { } error)
                    throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The product of {rows} rows with {matrix.Tensors[0]} in {weights.Format} is wrong: {error}."));
            }
        }
    }

    static string? Wrong(CudaSession session, GpuModel model, GpuWeights weights, DeviceMemory memory, GpuMatrix matrix, int rows, ulong seed)
    {
        var layout = matrix.Layout;
        var random = new SplitMix(seed);
        // As many rows as a tile has: what lies beyond is read, too.
        var x = new ushort[Math.Max(rows, GpuProducts.TileRows(layout.Format)) * layout.Inputs];
        for (var i = 0; i < rows * layout.Inputs; i++) x[i] = Bf16.Round((random.Below(1 << 16) - (1 << 15)) / (float)(1 << 15));
        var y = new float[rows * layout.Outputs];
        using DeviceMemory from = new(session.Context, (long)x.Length * sizeof(ushort)), to = new(session.Context, (long)y.Length * sizeof(float));
        fixed (ushort* host = x) from.CopyFrom(host, from.Bytes, 0, model.Stream);
        to.Fill(0xDB, model.Stream);
        model.Step.Multiply(matrix, from.Start.Address, rows, to.Start.Address, memory.Start.Address + (ulong)weights.Zeros, 0);
        fixed (float* host = y) to.CopyTo(host, to.Bytes, 0, model.Stream);
        model.Stream.Synchronize();
        foreach (var output in (int[])[0, 1, layout.Outputs / 2, layout.Outputs - 1])
        {
            var row = Row(memory, model.Stream, matrix, output);
            for (var r = 0; r < rows; r++)
            {
                var (sum, size) = (0.0, 0.0);
                for (var k = 0; k < layout.Inputs; k++)
                {
                    var term = (double)row[k] * Bf16.Widen(x[r * layout.Inputs + k]);
                    (sum, size) = (sum + term, size + Math.Abs(term));
                }
                var found = y[r * layout.Outputs + output];
                // Single precision, and what tensor cores cut off.
                if (!(Math.Abs(found - sum) <= size * 2e-5)) return string.Create(CultureInfo.InvariantCulture, $"output {output} of row {r} is {found:R} instead of {sum:R}");
            }
        }
        return null;
    }

    /// <summary>The weights of one output, as they lie on the device.</summary>
    static float[] Row(DeviceMemory memory, CudaStream stream, GpuMatrix matrix, int output)
    {
        var layout = matrix.Layout;
        var (bytes, scales, row) = (new byte[layout.RowBytes], new ushort[Math.Max(1, layout.RowScales)], new float[layout.Inputs]);
        fixed (byte* to = bytes) memory.CopyTo(to, bytes.Length, matrix.At + (long)output * layout.RowBytes, stream);
        if (layout.RowScales > 0) fixed (ushort* to = scales) memory.CopyTo(to, (long)layout.RowScales * sizeof(ushort), matrix.Scales + (long)output * layout.RowScales * sizeof(ushort), stream);
        stream.Synchronize();
        layout.Unpack(bytes, scales, row);
        return row;
    }
}
