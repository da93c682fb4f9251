using System.Globalization;

namespace GpuLab.Control.Host;

/// <summary>The caches of sysfs, each once.</summary>
static class HostCaches
{
    public static IReadOnlyList<HostCache> Read(HostTree tree, IReadOnlyList<int> online)
    {
        var seen = new Dictionary<string, HostCache>();
        foreach (var cpu in online)
        {
            var folder = $"sys/devices/system/cpu/cpu{cpu}/cache";
            foreach (var (name, _) in tree.Numbered(folder, "index"))
            {
                if (tree.Number($"{folder}/{name}/level") is not { } level || Size(tree.Line($"{folder}/{name}/size")) is not { } bytes) continue;
                var type = tree.Line($"{folder}/{name}/type") ?? "Unified";
                var shared = tree.Line($"{folder}/{name}/shared_cpu_list") ?? cpu.ToString(CultureInfo.InvariantCulture);
                seen.TryAdd($"{level} {type} {shared}", new((int)level, type, bytes, CpuList.Parse(shared)));
            }
        }
        return [.. seen.Values.OrderBy(c => c.Level).ThenBy(c => c.Type, StringComparer.Ordinal).ThenBy(c => c.SharedBy is [var first, ..] ? first : 0)];
    }

    /// <summary><c>48K</c>, <c>2048K</c>, <c>32M</c>.</summary>
    static long? Size(string? text)
    {
        if (text is null) return null;
        var scale = text[^1] switch { 'K' => 1L << 10, 'M' => 1L << 20, 'G' => 1L << 30, _ => 1 };
        return long.TryParse(text.AsSpan().TrimEnd("KMG"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number * scale : null;
    }
}
