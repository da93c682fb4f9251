using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace GpuLab.Model;

/// <summary>Recursive descent over the layout grammar, one method a rule. The first thing that is wrong ends it.</summary>
ref struct LayoutParser
{
    const string Profiles = "a profile such as 3g.71gb, 2c, 32sm or 33%";

    readonly ReadOnlySpan<char> text;
    int at;
    int wrongAt;
    string? expected;

    LayoutParser(string text) => this.text = text;

    public static bool TryParse(string text, [MaybeNullWhen(false)] out Layout layout, out LayoutError error)
    {
        (layout, error) = (null, default);
        var trimmed = text.Trim();
        if (trimmed == "whole")
        {
            layout = Layout.Whole;
            return true;
        }
        var parser = new LayoutParser(trimmed);
        var items = new List<LayoutItem>();
        if (parser.Items(items))
        {
            layout = new(items);
            return true;
        }
        error = new(text, parser.wrongAt, parser.expected!);
        return false;
    }

    bool Items(List<LayoutItem> items)
    {
        do
        {
            if (!Count(out var count) || !Item(out var item)) return false;
            if (items.Count + count > Layout.MaxItems) return Wrong($"at most {Layout.MaxItems} slices");
            for (var i = 0; i < count; i++) items.Add(item);
            if (items[^1].Profile.Kind != items[0].Profile.Kind) return Wrong("profiles of one kind only");
        }
        while (Take('+'));
        return at == text.Length || Wrong("'+', '@', '(' or the end");
    }

    /// <summary>An optional <c>7x</c>; a number without x belongs to the profile.</summary>
    bool Count(out int count)
    {
        var start = at;
        count = 1;
        if (!Digits(out var number) || !Take('x'))
        {
            at = start;
            return true;
        }
        count = number;
        return count > 0 || Wrong("a count of at least 1");
    }

    bool Item([NotNullWhen(true)] out LayoutItem? item)
    {
        item = null;
        if (!OneProfile(out var profile)) return false;
        int? start = null;
        if (Take('@'))
        {
            if (!Digits(out var place)) return Wrong("a start after '@'");
            start = place;
        }
        var parts = new List<int>();
        if (Take('(') && !ComputeInstances(parts, profile)) return false;
        parts.Sort((a, b) => b.CompareTo(a));
        item = new(profile, start, [.. parts]);
        return true;
    }

    bool ComputeInstances(List<int> parts, Profile profile)
    {
        if (profile.Kind != ProfileKind.Mig) return Wrong("no compute instances: only MIG profiles have them");
        do
        {
            if (!Count(out var count) || !Digits(out var size) || size == 0 || !Take('c')) return Wrong("a compute instance such as 2c");
            if (count > profile.Size) return Wrong($"at most {profile.Size} compute instances");
            for (var i = 0; i < count; i++) parts.Add(size);
        }
        while (Take('+'));
        return Take(')') || Wrong("')'");
    }

    bool OneProfile([NotNullWhen(true)] out Profile? profile)
    {
        profile = null;
        if (!Digits(out var size) || size == 0) return Wrong(Profiles);
        if (Take("g.")) return MigProfile(size, out profile);
        var kind = Take("sm") ? ProfileKind.Sms : Take('c') ? ProfileKind.Cores : Take('%') ? ProfileKind.Percent : ProfileKind.Mig;
        if (kind == ProfileKind.Mig) return Wrong(Profiles);
        if (kind == ProfileKind.Percent && size > 100) return Wrong("at most 100%");
        profile = new(kind, size);
        return true;
    }

    bool MigProfile(int size, [NotNullWhen(true)] out Profile? profile)
    {
        profile = null;
        if (!Digits(out var memory) || !Take("gb")) return Wrong("the memory of a MIG profile, such as 71gb");
        var attribute = "";
        foreach (var candidate in Profile.Attributes)
        {
            if (!Take(candidate)) continue;
            attribute = candidate;
            break;
        }
        profile = new(ProfileKind.Mig, size, memory, attribute);
        return true;
    }

    bool Digits(out int number)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]) && at - start < 9) at++;
        return int.TryParse(text[start..at], NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    bool Take(char c)
    {
        if (at >= text.Length || text[at] != c) return false;
        at++;
        return true;
    }

    bool Take(string word)
    {
        if (!text[at..].StartsWith(word, StringComparison.Ordinal)) return false;
        at += word.Length;
        return true;
    }

    bool Wrong(string what)
    {
        if (expected is null) (wrongAt, expected) = (at, what);
        return false;
    }
}
