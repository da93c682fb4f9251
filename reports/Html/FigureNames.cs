using System.Globalization;
using System.Text;
using GpuLab.Reports.Plots;

namespace GpuLab.Reports.Html;

/// <summary>Short names by which a command line can ask for a figure of a report.</summary>
public static class FigureNames
{
    const int Longest = 60;

    /// <summary>One a drawing, unlike each other, in order: <c>mem-triad-bytes-64mib</c>.</summary>
    public static IReadOnlyList<(string Name, IDrawing Drawing)> Of(IReadOnlyList<IDrawing> drawings)
    {
        var named = new List<(string, IDrawing)>();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var drawing in drawings)
        {
            var (slug, n) = (Slug(drawing.Title), 1);
            var name = slug;
            while (!taken.Add(name)) name = string.Create(CultureInfo.InvariantCulture, $"{slug}-{++n}");
            named.Add((name, drawing));
        }
        return named;
    }

    /// <summary>The drawing of that name, of that number from 1, or the only one in whose name the words occur; null where there is none or several.</summary>
    public static (string Name, IDrawing Drawing)? Find(IReadOnlyList<(string Name, IDrawing Drawing)> named, string wanted)
    {
        if (int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number >= 1 && number <= named.Count ? named[number - 1] : null;
        var exact = named.Where(n => n.Name == wanted).ToList();
        var near = exact.Count > 0 ? exact : [.. named.Where(n => n.Name.Contains(Slug(wanted), StringComparison.Ordinal))];
        return near is [var one] ? one : null;
    }

    static string Slug(string title)
    {
        var slug = new StringBuilder();
        foreach (var c in title)
        {
            if (slug.Length >= Longest) break;
            if (char.IsAsciiLetterOrDigit(c)) slug.Append(char.ToLowerInvariant(c));
            else if (slug.Length > 0 && slug[^1] != '-') slug.Append('-');
        }
        return slug.ToString().Trim('-') is { Length: > 0 } text ? text : "figure";
    }
}
