using System.Globalization;
using System.Text;

namespace GpuLab.Sweeps.Reading;

/// <summary>Collects what is wrong with one file, so that all of it can be said at once.</summary>
sealed class Errors(string file)
{
    /// <summary>More than a person would read; the rest is counted.</summary>
    const int Most = 1000;

    /// <summary>Longest part of a file that a message repeats.</summary>
    const int LongestShown = 48;

    readonly List<SweepError> errors = [];
    int more;

    /// <summary>The key being read; put in front of messages.</summary>
    public string Subject { get; set; } = "";

    public bool Any => errors.Count > 0;

    public int Count => errors.Count + more;

    public void Add(TextPlace place, string message)
    {
        if (errors.Count < Most) errors.Add(new(file, place, Subject.Length == 0 ? message : $"{Subject}: {message}"));
        else more++;
    }

    /// <summary>Says that something else was expected at a node, unless the node has been refused already.</summary>
    public void Expected(Node node, string expected)
    {
        if (node is not Node.Refused) Add(node.Place, $"found {node.Described}, expected {expected}.");
    }

    /// <summary>By line, then by column.</summary>
    public IReadOnlyList<SweepError> InOrder()
    {
        List<SweepError> ordered = [.. errors.OrderBy(e => e.Place.Line).ThenBy(e => e.Place.Column)];
        if (more > 0) ordered.Add(new(file, ordered[^1].Place, string.Create(CultureInfo.InvariantCulture, $"and {more} more errors.")));
        return ordered;
    }

    /// <summary>A piece of the file in quotes, shortened, with control characters made visible.</summary>
    public static string Shown(string text)
    {
        var shown = new StringBuilder("'");
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, LongestShown)))
        {
            if (char.IsControl(c)) shown.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:X2}");
            else shown.Append(c);
        }
        return shown.Append(text.Length > LongestShown ? "…'" : "'").ToString();
    }
}
