using System.Globalization;
using GpuLab.Model;

namespace GpuLab.Probes.Cublas;

/// <summary>Operands for timing, of the normal distribution so that arithmetic draws the power that it draws in use; and elements of their product.</summary>
/// <remarks>A list of numbers is gone through again and again; its length is a prime, so that no two rows near each other are alike.</remarks>
sealed class GemmNumbers
{
    const int Length = 1_048_573;

    readonly GemmFormat format;
    readonly GemmSize size;
    readonly uint[] bits;
    readonly double[] values;
    readonly int shift;

    public GemmNumbers(GemmFormat format, GemmSize size, ulong seed)
    {
        (this.format, this.size) = (format, size);
        var random = new SplitMix(seed);
        bits = new uint[Length];
        for (var i = 0; i < Length; i++) bits[i] = format.Encode(Normal(random));
        values = [.. bits.Select(format.Input)];
        shift = random.Below(Length);
    }

    /// <summary>Bits of A's element number <paramref name="index"/>.</summary>
    public uint A(long index) => bits[index % Length];

    public uint B(long index) => bits[(index + shift) % Length];

    /// <summary>Compares one element of the product.</summary>
    /// <param name="found">Its bits.</param>
    /// <returns>What is wrong, or null.</returns>
    public string? Wrong(int row, int column, uint found)
    {
        var (sum, sizes) = (0.0, 0.0);
        for (var k = 0; k < size.K; k++)
        {
            var product = values[((long)row * size.K + k) % Length] * values[((long)column * size.K + k + shift) % Length];
            sum += product;
            sizes += Math.Abs(product);
        }
        // Each addition may cut a unit off the last place of a sum that is some √K numbers large; the result is rounded once more.
        var near = format.Whole ? 0 : Math.Abs(sum) * Math.ScaleB(1, -format.OutputBits) + sizes * Math.ScaleB(16, -format.SumBits);
        var value = format.Output(found);
        return Math.Abs(value - sum) <= near ? null : string.Create(CultureInfo.InvariantCulture, $"row {row}, column {column} is {value} instead of {sum}");
    }

    /// <summary>Box and Muller.</summary>
    static float Normal(SplitMix random)
    {
        var (u, v) = (((random.Next() >> 11) + 1) * Math.ScaleB(1, -53), (random.Next() >> 11) * Math.ScaleB(1, -53));
        return (float)(Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * v));
    }
}
