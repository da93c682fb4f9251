namespace GpuLab.Results;

/// <summary>
/// The last few texts of a column as bytes and as strings. Slices come by turns, so the next text is mostly the one
/// after the one found last: a comparison or two instead of hashing or a new string.
/// </summary>
sealed class RecentTexts
{
    const int Size = 8;
    readonly byte[][] bytes = new byte[Size][];
    readonly string[] texts = new string[Size];
    int last, next;

    /// <summary>The text seen before with these bytes, or null.</summary>
    public string? Find(ReadOnlySpan<byte> wanted)
    {
        for (var i = 0; i < Size; i++)
        {
            var place = (last + i) % Size;
            if (bytes[place] is not { } seen || !wanted.SequenceEqual(seen)) continue;
            last = place;
            return texts[place];
        }
        return null;
    }

    public string Remember(ReadOnlySpan<byte> seen, string text)
    {
        (bytes[next], texts[next]) = (seen.ToArray(), text);
        last = next;
        next = (next + 1) % Size;
        return text;
    }
}
