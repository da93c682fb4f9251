using System.Globalization;
using GpuLab.Model;

namespace GpuLab.Probes.Cublas;

/// <summary>
/// Operands of 1 and −1 at random, whose product is exact in every format as far as its results have bits, and the sums of its rows and columns: a
/// product with one wrong element, or one that left something out, has others.
/// </summary>
/// <remarks>A is kept by rows, B and D by columns, each along k or m without gaps.</remarks>
sealed class GemmSigns
{
    readonly GemmFormat format;
    readonly long[] rows, columns;

    public GemmSigns(GemmFormat format, GemmSize size, ulong seed)
    {
        this.format = format;
        A = Signs(seed, size.M, size.K);
        B = Signs(~seed, size.N, size.K);
        rows = Products(A, Along(B, size.K), size.K);
        columns = Products(B, Along(A, size.K), size.K);
    }

    /// <summary>−1 or 1, [m][k].</summary>
    public sbyte[] A { get; }

    /// <summary>−1 or 1, [n][k].</summary>
    public sbyte[] B { get; }

    /// <summary>Sums up a product column by column, and compares.</summary>
    /// <param name="column">Writes the bits of D's elements of a column, one a word.</param>
    /// <returns>What is wrong, or null.</returns>
    public string? Wrong(Action<int, uint[]> column)
    {
        var bits = new uint[rows.Length];
        var (found, unsure) = (new double[rows.Length], new double[rows.Length]);
        for (var j = 0; j < columns.Length; j++)
        {
            column(j, bits);
            var (sum, rounded) = (0.0, 0.0);
            for (var i = 0; i < bits.Length; i++)
            {
                var value = format.Output(bits[i]);
                var half = HalfStep(value);
                sum += value;
                rounded += half;
                found[i] += value;
                unsure[i] += half;
            }
            if (!(Math.Abs(sum - columns[j]) <= rounded)) return Sentence("column", j, sum, columns[j]);
        }
        for (var i = 0; i < rows.Length; i++)
        {
            if (!(Math.Abs(found[i] - rows[i]) <= unsure[i])) return Sentence("row", i, found[i], rows[i]);
        }
        return null;
    }

    /// <summary>Half of a step of the result's format, where that is more than the sums of ones go in: two, as there is an even number of them.</summary>
    double HalfStep(double value)
    {
        var step = format.Whole || value == 0 ? 0 : Math.ScaleB(1, Math.ILogB(value) + 1 - format.OutputBits);
        return step > 2 ? step / 2 : 0;
    }

    static sbyte[] Signs(ulong seed, int rows, int k)
    {
        var random = new SplitMix(seed);
        var signs = new sbyte[(long)rows * k];
        var bits = 0ul;
        for (var i = 0; i < signs.Length; i++)
        {
            if (i % 64 == 0) bits = random.Next();
            signs[i] = (sbyte)(1 - 2 * (int)(bits >> (i % 64) & 1));
        }
        return signs;
    }

    /// <summary>For each k the sum over all rows.</summary>
    static int[] Along(sbyte[] signs, int k)
    {
        var sums = new int[k];
        for (var at = 0; at < signs.Length; at += k)
        {
            for (var i = 0; i < k; i++) sums[i] += signs[at + i];
        }
        return sums;
    }

    static long[] Products(sbyte[] signs, int[] with, int k)
    {
        var sums = new long[signs.Length / k];
        for (var row = 0; row < sums.Length; row++)
        {
            var sum = 0L;
            for (var i = 0; i < k; i++) sum += signs[row * k + i] * (long)with[i];
            sums[row] = sum;
        }
        return sums;
    }

    static string Sentence(string what, int number, double found, long expected) => string.Create(CultureInfo.InvariantCulture, $"{what} {number} sums up to {found} instead of {expected}");
}
