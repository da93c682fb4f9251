using System.Globalization;

namespace GpuLab.Sweeps.Reading;

/// <summary>What can be said about a text before it is parsed, in better words than a parser's.</summary>
static class TextCheck
{
    /// <summary>Characters, and bytes of a file. A sweep is written by a person.</summary>
    public const int MaxLength = 1 << 20;

    public static string TooLong(long length, string what = "a sweep") =>
        string.Create(CultureInfo.InvariantCulture, $"the text has {length} characters; {what} may have {MaxLength} at most.");

    /// <param name="what">What the text should be, for messages.</param>
    public static bool Passes(string text, Errors errors, string what = "a sweep")
    {
        if (text.Length > MaxLength)
        {
            errors.Add(new(1, 1), TooLong(text.Length, what));
            return false;
        }
        var (line, start, indenting) = (1, 0, true);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\n')
            {
                (line, start, indenting) = (line + 1, i + 1, true);
                continue;
            }
            var place = new TextPlace(line, i - start + 1);
            if (Unreadable(text, i) is { } problem)
            {
                errors.Add(place, problem);
                return false;
            }
            if (indenting && c == '\t' && !RestIsBlank(text, i))
            {
                errors.Add(place, "a tab in the indentation: YAML wants spaces.");
                return false;
            }
            indenting &= c is ' ' or '\t' or '\r';
        }
        return true;
    }

    static string? Unreadable(string text, int i) => text[i] switch
    {
        '\0' => "a NUL character: this is not a text file.",
        '\uFFFD' => "not UTF-8 text: save the file as UTF-8.",
        var c when char.IsControl(c) && c is not ('\t' or '\r' or '\u0085') => string.Create(CultureInfo.InvariantCulture, $"a control character (0x{(int)c:X2}): this is not a text file."),
        var c when char.IsHighSurrogate(c) => i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) ? null : "half a character: save the file as UTF-8.",
        var c when char.IsLowSurrogate(c) => i > 0 && char.IsHighSurrogate(text[i - 1]) ? null : "half a character: save the file as UTF-8.",
        _ => null,
    };

    static bool RestIsBlank(string text, int from)
    {
        var rest = text.AsSpan(from);
        var end = rest.IndexOf('\n');
        return (end < 0 ? rest : rest[..end]).IsWhiteSpace();
    }
}
