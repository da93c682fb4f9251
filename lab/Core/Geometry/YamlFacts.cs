using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace GpuLab.Geometry;

/// <summary>A file of facts that cannot be used; one line a mistake, each with file, line and column.</summary>
public sealed class GeometryException(string message) : Exception(message);

/// <summary>Strict reading of a small YAML file: no anchors, no tags, no deep nesting, and every mistake collected before giving up.</summary>
sealed class YamlFacts(string file)
{
    /// <summary>A file of facts is some tens of kilobytes; far beyond that it is something else.</summary>
    const int MaxLength = 4 << 20;

    const int MaxDepth = 12, MaxErrors = 20;

    readonly List<string> errors = [];

    public YamlMap? Root(string text)
    {
        if (text.Length > MaxLength) throw new GeometryException($"{file}: {text.Length} characters are not a file of facts (at most {MaxLength}).");
        try
        {
            RefuseTricks(text);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (errors.Count == 0 && stream.Documents is [{ RootNode: YamlMappingNode root }]) return new(this, root, "the file");
            if (errors.Count == 0) Wrong(new Mark(), "one YAML document with a mapping at the top is expected");
        }
        catch (YamlException e)
        {
            Wrong(e.Start, e.InnerException?.Message ?? e.Message);
        }
        Check();
        return null;
    }

    /// <summary>Looks at the events first: building nodes recurses, so depth must be known to be small before that.</summary>
    void RefuseTricks(string text)
    {
        var parser = new Parser(new StringReader(text));
        var depth = 0;
        while (parser.MoveNext())
        {
            var at = parser.Current!;
            depth += at.NestingIncrease;
            if (depth > MaxDepth) Wrong(at.Start, $"nested more than {MaxDepth} deep");
            if (at is AnchorAlias or NodeEvent { Anchor.IsEmpty: false }) Wrong(at.Start, "anchors and aliases are not accepted in a file of facts");
            if (at is NodeEvent { Tag.IsEmpty: false }) Wrong(at.Start, "tags are not accepted in a file of facts");
            if (errors.Count > 0) Check();
        }
    }

    public void Wrong(Mark at, string what)
    {
        errors.Add(string.Create(CultureInfo.InvariantCulture, $"{file}:{at.Line}:{at.Column}: {what}"));
        if (errors.Count >= MaxErrors) Check();
    }

    public void Wrong(YamlNode at, string what) => Wrong(at.Start, what);

    public void Check()
    {
        if (errors.Count > 0) throw new GeometryException(string.Join('\n', errors));
    }
}
