using System.Globalization;

namespace GpuLab.Probes.Llm;

/// <summary>Compares products of the sizes that will be timed with plain sums in double precision.</summary>
static unsafe class MatrixCheck
{
    /// <summary>Rows that meet every kind of tile.</summary>
    const int Rows = 13;

    /// <exception cref="InvalidOperationException">A product is wrong.</exception>
    public static void Demand(HostWeights weights, HostKernels kernels, ulong seed)
    {
        var layer = weights.Layers[(int)(seed % (ulong)weights.Layers.Length)];
        List<(string Name, PanelMatrix Matrix)> all = [("attention", layer.Attention), ("output", layer.Output), ("gate", layer.Gate), ("up", layer.Up), ("down", layer.Down)];
        if (weights.Head is { } head) all.Add(("head", head));
        foreach (var (name, matrix) in all)
        {
            foreach (var panel in (int[])[0, matrix.Layout.Panels - 1])
            {
                if (Wrong(matrix, kernels, panel, seed) is { } error) throw new InvalidOperationException($"The product with the matrix '{name}' by {kernels} is wrong: {error}.");
            }
        }
    }

    static string? Wrong(PanelMatrix matrix, HostKernels kernels, int panel, ulong seed)
    {
        var (layout, random) = (matrix.Layout, new Random((int)seed));
        var (rows, packed) = (new float[Rows * layout.Inputs], new float[Rows * layout.Inputs]);
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = (float)(random.NextDouble() - 0.5);
            var (offset, apart) = RowTile.Packed(i / layout.Inputs, Rows, layout.Inputs);
            packed[offset + i % layout.Inputs * apart] = rows[i];
        }
        var (together, alone, weights) = (new float[Rows * layout.Width], new float[layout.Width], new float[layout.Inputs]);
        fixed (float* a = packed, single = rows, c = together, one = alone, w = weights)
        {
            kernels.Multiply(layout, matrix.Start, panel, panel + 1, a, Rows, c - panel * layout.Width, layout.Width, false);
            kernels.Multiply(layout, matrix.Start, panel, panel + 1, single, 1, one - panel * layout.Width, layout.Width, false);
            for (var j = 0; j < Math.Min(layout.Width, layout.Outputs - panel * layout.Width); j++)
            {
                matrix.Row(panel * layout.Width + j, w);
                for (var r = 0; r < Rows; r++)
                {
                    var (sum, size) = (0.0, 0.0);
                    for (var k = 0; k < layout.Inputs; k++)
                    {
                        var term = (double)weights[k] * rows[r * layout.Inputs + k];
                        (sum, size) = (sum + term, size + Math.Abs(term));
                    }
                    var found = together[r * layout.Width + j];
                    // Rounding once a term, each time by at most half of the last bit of a sum no larger than the sum of sizes.
                    if (!(Math.Abs(found - sum) <= size * layout.Inputs * 6e-8)) return string.Create(CultureInfo.InvariantCulture, $"output {panel * layout.Width + j} of row {r} is {found:R} instead of {sum:R}");
                    if (r == 0 && found != alone[j]) return string.Create(CultureInfo.InvariantCulture, $"output {panel * layout.Width + j} is {found:R} beside other rows and {alone[j]:R} alone");
                }
            }
        }
        return null;
    }
}
