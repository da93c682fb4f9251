using System.Globalization;

namespace GpuLab.Control.Host;

/// <summary>The kernel's lists of processors: <c>0-3,8,10-11</c>.</summary>
public static class CpuList
{
    /// <summary>Reads a list; parts that are not numbers or ranges are left out, as is everything of a null text.</summary>
    public static IReadOnlyList<int> Parse(string? text)
    {
        var cpus = new SortedSet<int>();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = part.Split('-');
            if (!Number(ends[0], out var first) || !Number(ends[^1], out var last) || ends.Length > 2) continue;
            for (var cpu = first; cpu <= last && cpu < 1 << 16; cpu++) cpus.Add(cpu);
        }
        return [.. cpus];
    }

    /// <summary>The shortest way to write a set of processors.</summary>
    public static string Format(IEnumerable<int> cpus)
    {
        var parts = new List<(int First, int Last)>();
        foreach (var cpu in cpus.Order())
        {
            if (parts.Count > 0 && parts[^1].Last == cpu - 1) parts[^1] = (parts[^1].First, cpu);
            else parts.Add((cpu, cpu));
        }
        return string.Join(',', parts.Select(p => p.First == p.Last ? Text(p.First) : $"{Text(p.First)}-{Text(p.Last)}"));
    }

    static bool Number(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    static string Text(int cpu) => cpu.ToString(CultureInfo.InvariantCulture);
}
