using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace GpuLab.Reports.Html;

/// <summary>Markup. What is interpolated into it is escaped, unless it is markup itself; other types do not compile.</summary>
[InterpolatedStringHandler]
public readonly struct Html(int literalLength, int formattedCount)
{
    readonly StringBuilder? text = new(literalLength + (24 * formattedCount));

    public static readonly Html Empty;

    public bool IsEmpty => text is null || text.Length == 0;

    /// <summary>For use where the compiler would otherwise take an interpolated string for a <see cref="string"/>.</summary>
    public static Html Of(Html html) => html;

    /// <summary>Text that already is markup: a style sheet, a script, a drawing.</summary>
    public static Html Raw(string markup)
    {
        var html = new Html(markup.Length, 0);
        html.AppendLiteral(markup);
        return html;
    }

    public static Html When(bool condition, Func<Html> html) => condition ? html() : Empty;

    public void AppendLiteral(string markup) => text!.Append(markup);

    public void AppendFormatted(Html html) => text!.Append(html.text);

    public void AppendFormatted(IEnumerable<Html> parts)
    {
        foreach (var part in parts) text!.Append(part.text);
    }

    public void AppendFormatted(string? words) => Escaping.Append(text!, words);

    public void AppendFormatted(long number) => text!.Append(CultureInfo.InvariantCulture, $"{number}");

    public override string ToString() => text?.ToString() ?? "";
}
