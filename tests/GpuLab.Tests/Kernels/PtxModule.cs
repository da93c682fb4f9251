using System.Globalization;
using System.Text.RegularExpressions;

namespace GpuLab.Tests.Kernels;

/// <summary>One parameter of an entry.</summary>
/// <param name="Bytes">Of its type; an array's are all of them.</param>
sealed record PtxParameter(string Name, int Bytes);

enum PtxKind { Open, Close, Label, Directive, Instruction }

/// <summary>A piece of an entry's body, without its semicolon.</summary>
/// <param name="Line">In the module, from 1.</param>
sealed record PtxStatement(int Line, PtxKind Kind, string Text);

sealed record PtxEntry(string Name, int Line, IReadOnlyList<PtxParameter> Parameters, IReadOnlyList<PtxStatement> Body);

/// <summary>The text of a PTX module taken apart; what it means is not looked at.</summary>
/// <param name="Version">Ten times the PTX ISA: 74 is 7.4.</param>
/// <param name="Target">Such as <c>sm_90a</c>.</param>
/// <param name="Shared">Names of variables in shared memory outside entries.</param>
sealed partial record PtxModule(int Version, string Target, IReadOnlyList<PtxEntry> Entries, IReadOnlySet<string> Shared)
{
    /// <exception cref="FormatException">What makes it no module at all.</exception>
    public static PtxModule Parse(string text)
    {
        text = Comments().Replace(text, m => new string('\n', m.Value.Count(c => c == '\n')));
        var header = Header().Match(text);
        if (!header.Success) throw new FormatException("does not begin with .version, .target and .address_size 64");
        var entries = new List<PtxEntry>();
        var outside = new List<string>();
        var at = 0;
        foreach (Match match in Entry().Matches(text))
        {
            outside.Add(text[at..match.Index]);
            var open = text.IndexOf('{', match.Index + match.Length);
            if (open < 0) throw new FormatException($"entry {match.Groups["name"].Value} has no body");
            at = End(text, open);
            entries.Add(new(match.Groups["name"].Value, Line(text, match.Index), Parameters(match.Groups["parameters"].Value), Body(text, open + 1, at - 1)));
        }
        outside.Add(text[at..]);
        if (outside.Exists(t => t.Contains(".extern", StringComparison.Ordinal))) throw new FormatException("needs something from another module (.extern)");
        return new(int.Parse(header.Groups["major"].ValueSpan, CultureInfo.InvariantCulture) * 10 + int.Parse(header.Groups["minor"].ValueSpan, CultureInfo.InvariantCulture),
            header.Groups["target"].Value, entries, outside.SelectMany(t => SharedVariable().Matches(t)).Select(m => m.Groups["name"].Value).ToHashSet());
    }

    /// <summary>Name of a variable that a <c>.shared</c> directive declares, or null.</summary>
    public static string? SharedName(string directive) => SharedVariable().Match(directive) is { Success: true } m ? m.Groups["name"].Value : null;

    static List<PtxParameter> Parameters(string text) =>
        [.. Parameter().Matches(text).Select(m => new PtxParameter(m.Groups["name"].Value,
            int.Parse(m.Groups["bits"].ValueSpan, CultureInfo.InvariantCulture) / 8 * (m.Groups["count"].Success ? int.Parse(m.Groups["count"].ValueSpan, CultureInfo.InvariantCulture) : 1)))];

    /// <summary>Just behind the brace that closes the one at <paramref name="open"/>.</summary>
    static int End(string text, int open)
    {
        var depth = 0;
        for (var i = open; i < text.Length; i++)
        {
            depth += text[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0) return i + 1;
        }
        throw new FormatException($"line {Line(text, open)}: a brace that is not closed");
    }

    static List<PtxStatement> Body(string text, int from, int to)
    {
        var body = new List<PtxStatement>();
        while (true)
        {
            while (from < to && char.IsWhiteSpace(text[from])) from++;
            if (from >= to) return body;
            var line = Line(text, from);
            if (text[from] is '{' or '}')
            {
                body.Add(new(line, text[from] == '{' ? PtxKind.Open : PtxKind.Close, text[from].ToString()));
                from++;
            }
            else if (Label().Match(text, from, to - from) is { Success: true } label)
            {
                body.Add(new(line, PtxKind.Label, label.Groups["name"].Value));
                from += label.Length;
            }
            else
            {
                var end = text.IndexOf(';', from, to - from);
                if (end < 0) throw new FormatException($"line {line}: a statement without a semicolon");
                var statement = Spaces().Replace(text[from..end].Trim(), " ");
                body.Add(new(line, statement[0] == '.' ? PtxKind.Directive : PtxKind.Instruction, statement));
                from = end + 1;
            }
        }
    }

    static int Line(string text, int at) => 1 + text.AsSpan(0, at).Count('\n');

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"\A\s*\.version\s+(?<major>\d+)\.(?<minor>\d+)\s+\.target\s+(?<target>sm_\d+a?)\s+\.address_size\s+64\s")]
    private static partial Regex Header();

    [GeneratedRegex(@"\.visible\s+\.entry\s+(?<name>\w+)\s*\((?<parameters>[^)]*)\)")]
    private static partial Regex Entry();

    [GeneratedRegex(@"\.param\s+(\.align\s+\d+\s+)?\.[usbf](?<bits>\d+)\s+(?<name>\w+)(\[(?<count>\d+)\])?")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\.shared\s+(\.align\s+\d+\s+)?\.[usbf]\d+\s+(?<name>\w+)(\[\d+\])?")]
    private static partial Regex SharedVariable();

    [GeneratedRegex(@"\G(?<name>[$\w]+)\s*:(?!:)\s*")]
    private static partial Regex Label();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
