using System.Globalization;

namespace GpuLab.Control.Host;

/// <summary>
/// The files by which Linux describes a machine, below a root that tests replace. Files that are missing or unreadable are null:
/// machines, kernels and containers differ in what they show.
/// </summary>
public sealed class HostTree(string root)
{
    /// <summary>The first line of a file, trimmed; null where there is none or it is empty.</summary>
    public string? Line(string path)
    {
        var line = Lines(path) is [var first, ..] ? first.Trim() : null;
        return line is { Length: > 0 } ? line : null;
    }

    public IReadOnlyList<string> Lines(string path)
    {
        try
        {
            return File.ReadAllLines(Full(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>A file that holds one whole number; null for words such as <c>max</c>.</summary>
    public long? Number(string path) =>
        long.TryParse(Line(path), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Names within a folder that begin with a prefix, in order of the number that follows it; others are left out.</summary>
    public IReadOnlyList<(string Name, int Number)> Numbered(string folder, string prefix)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(Full(folder), prefix + "*").Select(Path.GetFileName)
                .Where(n => int.TryParse(n.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out _))
                .Select(n => (n!, int.Parse(n.AsSpan(prefix.Length), CultureInfo.InvariantCulture))).OrderBy(n => n.Item2)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    public bool Exists(string path) => Path.Exists(Full(path));

    /// <summary>The value after a key and a colon, as in /proc/cpuinfo.</summary>
    public string? Value(string path, string key)
    {
        foreach (var line in Lines(path))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line.AsSpan(0, colon).Trim().SequenceEqual(key)) return line[(colon + 1)..].Trim();
        }
        return null;
    }

    /// <summary>A field of /proc/meminfo in bytes.</summary>
    public long? MemInfo(string key) =>
        Value("proc/meminfo", key)?.Split(' ') is [var number, ..] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var kib) ? kib * 1024 : null;

    string Full(string path) => Path.Combine(root, path);
}
