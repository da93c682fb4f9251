namespace GpuLab.Reports.Plots;

/// <summary>Estimated widths in a common sans-serif face: enough to place labels without a font file.</summary>
public static class TextWidth
{
    /// <summary>Size of axis and legend text, in pixels.</summary>
    public const double Font = 12;

    public static double Of(ReadOnlySpan<char> text, double size = Font)
    {
        var em = 0.0;
        foreach (var rune in text.EnumerateRunes())
        {
            em += rune.Value switch
            {
                'i' or 'j' or 'l' or 'I' or '.' or ',' or ':' or ';' or '|' or '\'' or ' ' or '!' => 0.29,
                'f' or 't' or 'r' or '(' or ')' or '-' or '/' or '[' or ']' => 0.37,
                'm' or 'M' or 'W' or '%' => 0.9,
                'w' => 0.74,
                '@' => 1.02,
                '+' or '=' or '<' or '>' or '×' or '~' => 0.6,
                >= 'A' and <= 'Z' => 0.7,
                >= 0x1100 => 1.05,
                _ => 0.57,
            };
        }
        return em * size;
    }

    /// <summary>The text, or its beginning with an ellipsis, no wider than <paramref name="width"/> pixels.</summary>
    public static string Clip(string text, double width, double size = Font)
    {
        if (Of(text, size) <= width) return text;
        var room = width - Of("…", size);
        var end = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var next = end + rune.Utf16SequenceLength;
            if (next > text.Length || Of(text.AsSpan(0, next), size) > room) break;
            end = next;
        }
        return text[..end].TrimEnd() + "…";
    }
}
