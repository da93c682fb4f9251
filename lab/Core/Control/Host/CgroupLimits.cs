using System.Globalization;

namespace GpuLab.Control.Host;

/// <summary>What the control groups of this process allow it, over all levels of version 1 and version 2 hierarchies.</summary>
/// <param name="Cpus">Processors of the cpuset; null where nothing restricts them.</param>
/// <param name="CpuQuota">Processors' worth of time a period; null where there is no quota.</param>
/// <param name="Memory">Bytes; null where there is no limit.</param>
/// <param name="MemoryLeft">Bytes below the tightest limit; null where there is no limit.</param>
public sealed record CgroupLimits(IReadOnlyList<int>? Cpus, double? CpuQuota, long? Memory, long? MemoryLeft)
{
    /// <summary>Version 1 writes its highest number of whole pages where there is no limit.</summary>
    const long Unlimited = long.MaxValue / 2;

    public static CgroupLimits Read(HostTree tree)
    {
        IReadOnlyList<int>? cpus = null;
        double? quota = null;
        long? memory = null, left = null;
        foreach (var folder in Folders(tree))
        {
            if (CpuList.Parse(tree.Line($"{folder}/cpuset.cpus.effective") ?? tree.Line($"{folder}/cpuset.effective_cpus") ?? tree.Line($"{folder}/cpuset.cpus")) is { Count: > 0 } set)
                cpus = cpus is null ? set : [.. cpus.Intersect(set)];
            quota = Least(quota, Quota(tree, folder));
            var limit = tree.Number($"{folder}/memory.max") ?? tree.Number($"{folder}/memory.limit_in_bytes");
            if (limit is not { } bytes || bytes > Unlimited) continue;
            memory = memory is null ? bytes : Math.Min(memory.Value, bytes);
            var used = tree.Number($"{folder}/memory.current") ?? tree.Number($"{folder}/memory.usage_in_bytes") ?? 0;
            var room = Math.Max(0, bytes - used + Reclaimable(tree, folder));
            left = left is null ? room : Math.Min(left.Value, room);
        }
        return new(cpus, quota, memory, left);
    }

    /// <summary>Page cache counts as used but gives way, so it is room.</summary>
    static long Reclaimable(HostTree tree, string folder)
    {
        foreach (var line in tree.Lines($"{folder}/memory.stat"))
        {
            if (line.Split(' ') is ["inactive_file" or "total_inactive_file", var number] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)) return bytes;
        }
        return 0;
    }

    static double? Quota(HostTree tree, string folder)
    {
        if (tree.Line($"{folder}/cpu.max")?.Split(' ') is [var time, var every] && double.TryParse(time, CultureInfo.InvariantCulture, out var part)
            && double.TryParse(every, CultureInfo.InvariantCulture, out var whole) && whole > 0) return part / whole;
        return tree.Number($"{folder}/cpu.cfs_quota_us") is > 0 and var quota && tree.Number($"{folder}/cpu.cfs_period_us") is > 0 and var period ? (double)quota / period : null;
    }

    static double? Least(double? a, double? b) => a is null ? b : b is null ? a : Math.Min(a.Value, b.Value);

    /// <summary>The process's group and its ancestors in every hierarchy. In a container the path may not exist below the mount; the mount's root is then the group.</summary>
    static IEnumerable<string> Folders(HostTree tree)
    {
        foreach (var line in tree.Lines("proc/self/cgroup"))
        {
            if (line.Split(':', 3) is not [_, var controllers, var path]) continue;
            var mounts = controllers.Length == 0 ? ["sys/fs/cgroup", "sys/fs/cgroup/unified"]
                : controllers.Split(',').Append(controllers).Distinct().Select(c => $"sys/fs/cgroup/{c}");
            var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(p => p != "..").ToArray();
            foreach (var mount in mounts)
            {
                for (var depth = parts.Length; depth >= 0; depth--)
                {
                    var folder = string.Join('/', [mount, .. parts[..depth]]);
                    if (tree.Exists(folder)) yield return folder;
                }
            }
        }
    }
}
