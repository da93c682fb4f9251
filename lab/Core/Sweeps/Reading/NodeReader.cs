using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace GpuLab.Sweeps.Reading;

/// <summary>
/// YAML events to nodes with places. Refuses what a sweep has no use for and what can be used to exhaust a reader:
/// anchors, aliases, tags, deep nesting, masses of nodes, several documents.
/// </summary>
sealed class NodeReader
{
    const int MaxDepth = 12, MaxNodes = 200_000;
    const string TooDeep = "nested deeper than a sweep can be.";
    static readonly string TooMany = string.Create(CultureInfo.InvariantCulture, $"more than {MaxNodes} values in one file.");

    readonly Parser parser;
    readonly Errors errors;
    int nodes;

    readonly string what;

    NodeReader(string text, Errors errors, string what)
    {
        this.what = what;
        parser = new(new StringReader(text));
        this.errors = errors;
    }

    /// <summary>The root, or null where the text is not one YAML document.</summary>
    /// <param name="what">What the text should be, for messages.</param>
    public static Node? Read(string text, Errors errors, string what = "a sweep")
    {
        try
        {
            return new NodeReader(text, errors, what).Document();
        }
        catch (TooMuchException e)
        {
            errors.Add(PlaceOf(e.Start), e.Message);
        }
        catch (YamlException e)
        {
            errors.Add(PlaceOf(e.Start), $"not valid YAML: {Sentence(e.Message)}");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException or FormatException or OverflowException)
        {
            // The YAML library does not promise that a broken text always ends in a YamlException.
            errors.Add(new(1, 1), $"not valid YAML: {Sentence(e.Message)}");
        }
        return null;
    }

    Node? Document()
    {
        Next<StreamStart>();
        if (Next<ParsingEvent>() is StreamEnd)
        {
            errors.Add(new(1, 1), what == "a sweep" ? "the file is empty: a sweep needs at least 'name' and 'probes'." : $"the file is empty: it is not {what}.");
            return null;
        }
        var root = Value(Next<ParsingEvent>(), 0);
        Next<DocumentEnd>();
        if (Next<ParsingEvent>() is DocumentStart second) errors.Add(PlaceOf(second.Start), "a second document begins: a file holds one sweep.");
        return root;
    }

    Node Value(ParsingEvent e, int depth)
    {
        var place = PlaceOf(e.Start);
        if (++nodes > MaxNodes) throw new TooMuchException(e.Start, TooMany);
        if (depth > MaxDepth) throw new TooMuchException(e.Start, TooDeep);
        RefuseExtras(e, place);
        return e switch
        {
            Scalar scalar => new Node.Scalar(place, scalar.Value, scalar.Style is not ScalarStyle.Plain),
            SequenceStart => new Node.Sequence(place, [.. Items(depth + 1)]),
            MappingStart => new Node.Mapping(place, [.. Entries(depth + 1)]),
            _ => new Node.Refused(place),
        };
    }

    IEnumerable<Node> Items(int depth)
    {
        while (Next<ParsingEvent>() is { } e and not SequenceEnd) yield return Value(e, depth);
    }

    IEnumerable<Node.Entry> Entries(int depth)
    {
        while (Next<ParsingEvent>() is { } e and not MappingEnd)
        {
            var key = Value(e, depth);
            var value = Value(Next<ParsingEvent>(), depth);
            if (key is Node.Scalar word) yield return new(word, value);
            else errors.Expected(key, "a word as key");
        }
    }

    void RefuseExtras(ParsingEvent e, TextPlace place)
    {
        if (e is AnchorAlias alias) errors.Add(place, $"an alias (*{alias.Value.Value}): write the value out; sweeps have no anchors and aliases.");
        if (e is not NodeEvent node) return;
        if (!node.Anchor.IsEmpty) errors.Add(place, $"an anchor (&{node.Anchor.Value}): write the value out where it is needed; sweeps have no anchors and aliases.");
        if (!node.Tag.IsEmpty) errors.Add(place, $"a tag ({Errors.Shown(node.Tag.Value)}): sweeps have no tags; a text that begins with '!' needs quotes.");
    }

    T Next<T>() where T : ParsingEvent
    {
        if (!parser.MoveNext()) throw new YamlException("the text ends too early.");
        return parser.Current as T ?? throw new YamlException(parser.Current!.Start, parser.Current.End, "something else was expected here.");
    }

    static TextPlace PlaceOf(Mark mark) => new((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));

    static string Sentence(string message)
    {
        var text = message.Length <= 200 ? message : message[..200] + "…";
        return text.EndsWith('.') ? text : text + ".";
    }

    /// <summary>A text that may be YAML but is no sweep.</summary>
    sealed class TooMuchException(Mark at, string message) : YamlException(at, at, message);
}
