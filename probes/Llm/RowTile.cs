namespace GpuLab.Probes.Llm;

/// <summary>
/// Rows of activations that a kernel takes at once. As many tiles of six as there are, then four, two and one. Packed, the rows of a
/// tile lie side by side for each input, and a tile begins at its first row × inputs, as if the rows lay one after another.
/// </summary>
/// <param name="First">First row.</param>
/// <param name="Rows">1, 2, 4 or 6.</param>
readonly record struct RowTile(int First, int Rows)
{
    public const int Most = 6;

    /// <summary>The tile that begins at a row, of so many rows in all.</summary>
    public static RowTile At(int first, int rows) => new(first, (rows - first) switch { >= Most => Most, >= 4 => 4, >= 2 => 2, _ => 1 });

    /// <summary>The tile in which a row lies.</summary>
    public static RowTile Of(int row, int rows)
    {
        var first = Math.Min(row, rows - 1) / Most * Most;
        if (rows - first >= Most) return new(first, Most);
        var tile = At(first, rows);
        while (row >= tile.First + tile.Rows) tile = At(tile.First + tile.Rows, rows);
        return tile;
    }

    /// <summary>Where a row of a packed matrix begins and, by <see cref="Rows"/>, how far its numbers lie apart.</summary>
    public static (long Offset, int Apart) Packed(int row, int rows, int inputs)
    {
        var tile = Of(row, rows);
        return ((long)tile.First * inputs + (row - tile.First), tile.Rows);
    }
}
