using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace GpuLab.Model;

/// <summary>
/// How a device is cut: a multiset of slices, or the whole device uncut. Equality ignores order; places count only where given.
/// </summary>
/// <remarks>Grammar: <c>item { "+" item } | "whole"</c>, item <c>[ N "x" ] profile [ "@" start ] [ "(" ci { "+" ci } ")" ]</c>.</remarks>
public sealed class Layout : IEquatable<Layout>, IParsable<Layout>
{
    /// <summary>More slices than any device could have; a longer text is a mistake.</summary>
    public const int MaxItems = 1024;

    /// <summary>The device as it is, uncut.</summary>
    public static readonly Layout Whole = new([]);

    readonly string text;

    public Layout(IEnumerable<LayoutItem> items)
    {
        Items = [.. items.Order()];
        text = Items.Count == 0 ? "whole" : Joined(Items.Select(i => i.ToString()));
    }

    /// <summary>One item a slice, counts expanded, in canonical order; empty for <see cref="Whole"/>.</summary>
    public IReadOnlyList<LayoutItem> Items { get; }

    public bool IsWhole => Items.Count == 0;

    public static Layout Parse(string s, IFormatProvider? provider = null) =>
        LayoutParser.TryParse(s, out var layout, out var error) ? layout : throw new FormatException(error.ToString());

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out Layout result) =>
        LayoutParser.TryParse(s ?? "", out result, out _);

    /// <summary>Reads a layout and, where it is wrong, says at which character and what was expected.</summary>
    public static bool TryParse(string s, [MaybeNullWhen(false)] out Layout result, out LayoutError error) =>
        LayoutParser.TryParse(s, out result, out error);

    /// <summary>Neighbouring equal items written with a count: <c>2x1c+3c</c>.</summary>
    internal static string Joined(IEnumerable<string> items)
    {
        var groups = new List<(string Text, int Count)>();
        foreach (var item in items)
        {
            if (groups.Count > 0 && groups[^1].Text == item) groups[^1] = (item, groups[^1].Count + 1);
            else groups.Add((item, 1));
        }
        return string.Join('+', groups.Select(g => g.Count == 1 ? g.Text : string.Create(CultureInfo.InvariantCulture, $"{g.Count}x{g.Text}")));
    }

    public bool Equals(Layout? other) => other?.text == text;

    public override bool Equals(object? obj) => Equals(obj as Layout);

    public override int GetHashCode() => string.GetHashCode(text, StringComparison.Ordinal);

    /// <summary>Canonical: largest slices first, equal ones counted.</summary>
    public override string ToString() => text;
}

/// <summary>Why a text is not a layout.</summary>
/// <param name="Position">Zero-based character of the text.</param>
public readonly record struct LayoutError(string Text, int Position, string Expected)
{
    public override string ToString()
    {
        var shown = Text.Length <= 60 ? Text : Text[..57] + "…";
        return string.Create(CultureInfo.InvariantCulture, $"'{shown}' is not a layout: at character {Position + 1} expected {Expected}.");
    }
}
