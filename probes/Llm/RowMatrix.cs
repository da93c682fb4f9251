using System.Runtime.InteropServices;

namespace GpuLab.Probes.Llm;

/// <summary>
/// How a matrix of weights lies in memory of a GPU: row by row as models store it, so that the lanes of a warp read neighbouring vectors of one row, and
/// tiles are rows too. Whole numbers are stored with 128 or 8 added, two of four bits a byte, the first in the lower half. Scales lie apart, row by row.
/// </summary>
/// <param name="Outputs">Rows.</param>
/// <param name="Inputs">Columns; a multiple of <see cref="Quantised.Group"/>.</param>
readonly record struct RowMatrix(int Outputs, int Inputs, WeightFormat Format)
{
    public int RowBytes => Format switch { WeightFormat.Bf16 => 2 * Inputs, WeightFormat.Int8 => Inputs, _ => Inputs / 2 };

    public int RowScales => Format == WeightFormat.Bf16 ? 0 : Inputs / Quantised.Group;

    public long Bytes => (long)Outputs * RowBytes;

    public long ScaleBytes => (long)Outputs * RowScales * sizeof(ushort);

    /// <summary>Stores one row.</summary>
    /// <param name="into"><see cref="RowBytes"/>.</param>
    /// <param name="scales"><see cref="RowScales"/>.</param>
    public void Pack(ReadOnlySpan<float> row, Span<byte> into, Span<ushort> scales)
    {
        if (Format == WeightFormat.Bf16)
        {
            var brains = MemoryMarshal.Cast<byte, ushort>(into);
            for (var i = 0; i < row.Length; i++) brains[i] = Bf16.Round(row[i]);
            return;
        }
        for (var first = 0; first < row.Length; first += Quantised.Group)
        {
            var group = row.Slice(first, Quantised.Group);
            var scale = scales[first / Quantised.Group] = Quantised.Scale(group, Format);
            for (var i = 0; i < group.Length; i++)
            {
                var level = Quantised.Level(group[i], scale);
                if (Format == WeightFormat.Int8) into[first + i] = (byte)(level + 128);
                else if (i % 2 == 0) into[(first + i) / 2] = (byte)(level + 8);
                else into[(first + i) / 2] |= (byte)(level + 8 << 4);
            }
        }
    }

    /// <summary>The weights of one row as products see them.</summary>
    public void Unpack(ReadOnlySpan<byte> row, ReadOnlySpan<ushort> scales, Span<float> into)
    {
        for (var i = 0; i < into.Length; i++)
        {
            into[i] = Format switch
            {
                WeightFormat.Bf16 => Bf16.Widen(MemoryMarshal.Cast<byte, ushort>(row)[i]),
                WeightFormat.Int8 => Bf16.Widen(scales[i / Quantised.Group]) * (row[i] - 128),
                _ => Bf16.Widen(scales[i / Quantised.Group]) * ((row[i / 2] >> i % 2 * 4 & 15) - 8),
            };
        }
    }
}
