using System.Text;

namespace GpuLab.Reports;

/// <summary>The one place where text becomes part of markup; right for element content and for attributes in either kind of quotes.</summary>
static class Escaping
{
    /// <summary>
    /// Appends text escaped. What XML forbids (control characters, lone surrogates) and what would reorder its surroundings
    /// (bidirectional controls) becomes U+FFFD, so that a hostile name can neither end the document nor disguise it.
    /// </summary>
    public static void Append(StringBuilder to, ReadOnlySpan<char> text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '<' => to.Append("&lt;"),
                '>' => to.Append("&gt;"),
                '&' => to.Append("&amp;"),
                '"' => to.Append("&quot;"),
                '\'' => to.Append("&#39;"),
                '\n' or '\t' => to.Append((char)rune.Value),
                < 0x20 or (>= 0x7F and <= 0x9F) or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0xFFFE or 0xFFFF => to.Append('\uFFFD'),
                < 0x10000 => to.Append((char)rune.Value),
                _ => to.Append(rune.ToString()),
            };
        }
    }
}
