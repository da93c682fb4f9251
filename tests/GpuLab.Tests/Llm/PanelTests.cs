using System.Runtime.InteropServices;
using GpuLab.Probes.Llm;

namespace GpuLab.Tests.Llm;

/// <summary>Packed weights, and products with them, against plain loops.</summary>
public sealed unsafe class PanelTests
{
    public static TheoryData<WeightFormat, int> Formats()
    {
        var formats = new TheoryData<WeightFormat, int>();
        foreach (var kernels in HostKernels.Supported)
        {
            foreach (var format in Enum.GetValues<WeightFormat>()) formats.Add(format, kernels.Lanes);
        }
        return formats;
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Weights_come_back_as_they_were_or_within_half_a_step(WeightFormat format, int lanes)
    {
        foreach (var (outputs, inputs) in ((int, int)[])[(1, 1), (33, 64), (70, 65), (16, 200), (5, 127)])
        {
            using var matrix = new Packed(new(outputs, inputs, format, lanes), 7);
            for (var output = 0; output < outputs; output++)
            {
                var row = matrix.Row(output);
                for (var k = 0; k < inputs; k++)
                {
                    var (expected, found) = (matrix.Weights[output * inputs + k], row[k]);
                    if (format == WeightFormat.Bf16)
                    {
                        Assert.Equal(ReferenceModel.Brain(expected), found);
                        continue;
                    }
                    var group = matrix.Weights.AsSpan(output * inputs + k / 64 * 64, Math.Min(64, inputs - k / 64 * 64));
                    var largest = 0f;
                    foreach (var w in group) largest = Math.Max(largest, Math.Abs(w));
                    // Half a step; a step is the largest weight ÷ levels, rounded up to bf16.
                    var bound = largest / (format == WeightFormat.Int8 ? 127 : 7) * (1 + 1 / 128.0) / 2;
                    Assert.InRange(Math.Abs(expected - found), 0, bound * (1 + 1e-6));
                }
            }
        }
    }

    [Fact]
    public void A_group_of_zeros_stays_zero()
    {
        foreach (var format in (WeightFormat[])[WeightFormat.Int8, WeightFormat.Int4])
        {
            using var matrix = new Packed(new(3, 80, format, 16), 7, zero: true);
            Assert.All(matrix.Row(1), w => Assert.Equal(0, w));
        }
    }

    /// <summary>Rows through every kind of tile; inputs around groups and blocks; outputs that fill no panel.</summary>
    [Theory]
    [MemberData(nameof(Formats))]
    public void Products_are_those_of_plain_loops_and_do_not_depend_on_the_rows_beside_them(WeightFormat format, int lanes)
    {
        var kernels = HostKernels.Supported.First(k => k.Lanes == lanes);
        foreach (var (outputs, inputs) in ((int, int)[])[(40, 1), (150, 63), (33, 64), (20, 65), (130, 513), (40, 1100)])
        {
            using var matrix = new Packed(new(outputs, inputs, format, lanes), 11);
            var weights = Enumerable.Range(0, outputs).Select(matrix.Row).ToArray();
            var random = new Random(3);
            float[][] rows = [.. Enumerable.Range(0, 31).Select(_ => Enumerable.Range(0, inputs).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray())];
            var alone = rows.Select(r => matrix.Times(kernels, [r], 0.25f)).ToArray();
            foreach (var count in (int[])[1, 2, 3, 4, 5, 6, 7, 11, 24, 31])
            {
                var together = matrix.Times(kernels, rows[..count], 0.25f);
                for (var r = 0; r < count; r++)
                {
                    for (var o = 0; o < outputs; o++)
                    {
                        var (exact, size) = (0.25, 0.25);
                        for (var k = 0; k < inputs; k++)
                        {
                            exact += (double)weights[o][k] * rows[r][k];
                            size += Math.Abs((double)weights[o][k] * rows[r][k]);
                        }
                        Assert.Equal(alone[r][o], together[r * outputs + o]);
                        Assert.InRange(Math.Abs(exact - together[r * outputs + o]), 0, size * inputs * 6e-8 + 1e-9);
                    }
                }
            }
        }
    }

    [Fact]
    public void Both_widths_give_the_same_bits()
    {
        if (HostKernels.Supported is not [var wide, var narrow]) return;
        foreach (var format in Enum.GetValues<WeightFormat>())
        {
            using var a = new Packed(new(100, 300, format, wide.Lanes), 13);
            using var b = new Packed(new(100, 300, format, narrow.Lanes), 13);
            float[][] rows = [.. Enumerable.Range(0, 9).Select(r => Enumerable.Range(0, 300).Select(k => (float)Math.Sin(r + k * k)).ToArray())];
            Assert.Equal(a.Times(wide, rows, 0), b.Times(narrow, rows, 0));
        }
    }

    [Fact]
    public void Exponentials_are_those_of_the_largest_and_zero_behind_the_count()
    {
        foreach (var kernels in HostKernels.Supported)
        {
            foreach (var count in (int[])[1, 7, 8, 17, 64])
            {
                var random = new Random(count);
                var x = Enumerable.Range(0, 64).Select(_ => (float)(random.NextDouble() * 40 - 20)).ToArray();
                var largest = x[..count].Max();
                var expected = x[..count].Select(v => Math.Exp((double)v - largest)).ToArray();
                float sum;
                var found = (float[])x.Clone();
                fixed (float* at = found) sum = kernels.Exponentials(at, count, 64);
                Assert.Equal(expected.Sum(), sum, 1e-6 * count);
                for (var i = 0; i < 64; i++) Assert.Equal(i < count ? expected[i] : 0, found[i], 1e-6);
            }
        }
    }

    [Theory]
    [InlineData(0f, 0)]
    [InlineData(1f, 0x3F80)]
    [InlineData(-2.5f, 0xC020)]
    [InlineData(1.00390625f, 0x3F80)]
    [InlineData(1.01171875f, 0x3F82)]
    public void Rounding_to_bf16_takes_the_nearest_and_of_ties_the_even(float value, int bits) => Assert.Equal(bits, Bf16.Round(value));

    [Fact]
    public void Rounding_up_never_makes_smaller()
    {
        var random = new Random(1);
        for (var i = 0; i < 1000; i++)
        {
            var value = (float)random.NextDouble();
            var up = Bf16.Widen(Bf16.RoundUp(value));
            Assert.InRange(up, value, value * (1 + 1 / 128f));
        }
    }

    /// <summary>A matrix of random weights in memory of its own.</summary>
    sealed class Packed : IDisposable
    {
        readonly void* memory;
        readonly PanelMatrix matrix;
        readonly PanelLayout layout;

        public Packed(PanelLayout layout, int seed, bool zero = false)
        {
            this.layout = layout;
            memory = NativeMemory.AlignedAlloc((nuint)layout.Bytes, 64);
            NativeMemory.Fill(memory, (nuint)layout.Bytes, 0xFF);
            matrix = new(layout, (byte*)memory);
            var random = new Random(seed);
            Weights = [.. Enumerable.Range(0, layout.Outputs * layout.Inputs).Select(_ => zero ? 0 : (float)(random.NextDouble() - 0.5))];
            for (var panel = 0; panel < layout.Panels; panel++)
            {
                var from = panel * layout.Width * layout.Inputs;
                matrix.Pack(panel, Weights.AsSpan(from, Math.Min(layout.Width * layout.Inputs, Weights.Length - from)));
            }
        }

        public float[] Weights { get; }

        public float[] Row(int output)
        {
            var row = new float[layout.Inputs];
            fixed (float* at = row) matrix.Row(output, at);
            return row;
        }

        public float[] Times(HostKernels kernels, float[][] rows, float start)
        {
            var packed = new float[rows.Length * layout.Inputs];
            for (var r = 0; r < rows.Length; r++)
            {
                var (offset, apart) = RowTile.Packed(r, rows.Length, layout.Inputs);
                for (var k = 0; k < layout.Inputs; k++) packed[offset + k * apart] = rows[r][k];
            }
            var stride = layout.PaddedOutputs;
            var c = new float[rows.Length * stride];
            Array.Fill(c, start);
            fixed (float* a = packed, into = c)
            {
                // In two parts, as two threads would.
                var half = layout.Panels / 2;
                kernels.Multiply(layout, (byte*)memory, 0, half, a, rows.Length, into, stride, start != 0);
                kernels.Multiply(layout, (byte*)memory, half, layout.Panels, a, rows.Length, into, stride, start != 0);
            }
            return [.. Enumerable.Range(0, rows.Length).SelectMany(r => c.AsSpan(r * stride, layout.Outputs).ToArray())];
        }

        public void Dispose() => NativeMemory.AlignedFree(memory);
    }
}
