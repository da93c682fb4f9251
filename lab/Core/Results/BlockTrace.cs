using System.Globalization;
using System.Text;

namespace GpuLab.Results;

/// <summary>One block of a kernel: the SM it ran on, and from when to when on the clock that all SMs share.</summary>
public readonly record struct BlockTime(int Sm, long StartNs, long EndNs);

/// <summary>The blocks of one launch as a file under <c>blobs</c>: <c>sm,start_ns,end_ns</c>, a row a block in the order of their numbers, times from the first start.</summary>
public static class BlockTrace
{
    /// <summary>The name that a probe gives the file.</summary>
    public const string FileName = "blocks.csv";

    const string Header = "sm,start_ns,end_ns";

    public static void Write(string path, IReadOnlyList<BlockTime> blocks)
    {
        var origin = blocks.Count == 0 ? 0 : blocks.Min(b => b.StartNs);
        var text = new StringBuilder(Header).Append('\n');
        foreach (var b in blocks) text.Append(CultureInfo.InvariantCulture, $"{b.Sm},{b.StartNs - origin},{b.EndNs - origin}\n");
        File.WriteAllText(path, text.ToString());
    }

    /// <exception cref="RunFolderException">The file cannot be read or is damaged; names it and the line.</exception>
    public static IReadOnlyList<BlockTime> Read(string path)
    {
        var lines = Encoding.UTF8.GetString(FileBytes.Read(path)).Split('\n');
        if (lines[0] != Header) throw Damaged(path, 1);
        var blocks = new List<BlockTime>(lines.Length);
        for (var i = 1; i < lines.Length - 1; i++)
        {
            var cells = lines[i].Split(',');
            if (cells.Length != 3 || !int.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out var sm) || !long.TryParse(cells[1], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
                || !long.TryParse(cells[2], NumberStyles.None, CultureInfo.InvariantCulture, out var end) || end < start)
                throw Damaged(path, i + 1);
            blocks.Add(new(sm, start, end));
        }
        if (lines[^1].Length > 0) throw Damaged(path, lines.Length);
        return blocks;
    }

    static RunFolderException Damaged(string path, int line) =>
        new(string.Create(CultureInfo.InvariantCulture, $"'{path}' line {line} is damaged. Restore the file from a copy, or run the sweep again."));
}
