using System.Globalization;

namespace GpuLab.Control.Host;

/// <summary>One physical core of which this process may use at least one hardware thread.</summary>
/// <param name="Index">Position among the usable cores, from 0: the unit of host layouts.</param>
/// <param name="Node">NUMA node, 0 where the kernel names none.</param>
/// <param name="Threads">Its hardware threads that this process may use, ascending; a slice uses the first.</param>
public sealed record HostCore(int Index, int Package, int Node, IReadOnlyList<int> Threads);

/// <summary>One cache as one processor sees it.</summary>
/// <param name="SharedBy">Hardware threads that share it.</param>
public sealed record HostCache(int Level, string Type, long Bytes, IReadOnlyList<int> SharedBy);

/// <summary>What the processors of this machine are and which of them may be used.</summary>
/// <param name="Cores">Usable cores: online, allowed by affinity and cpuset, at most as many as the cpu quota keeps busy.</param>
/// <param name="PresentCores">Online cores of the machine, whoever may use them.</param>
/// <param name="Restriction">Why fewer cores are usable than present, as the end of a sentence; null where all are.</param>
public sealed record HostTopology(IReadOnlyList<HostCore> Cores, int PresentCores, int OnlineThreads, int Packages,
    IReadOnlyDictionary<int, IReadOnlyList<int>> Nodes, IReadOnlyList<HostCache> Caches, CgroupLimits Limits, string? Restriction)
{
    const string Cpus = "sys/devices/system/cpu";

    /// <param name="affinity">Processors that the process may run on.</param>
    public static HostTopology Read(HostTree tree, IReadOnlyList<int> affinity)
    {
        var online = CpuList.Parse(tree.Line($"{Cpus}/online"));
        if (online.Count == 0) online = affinity;
        var limits = CgroupLimits.Read(tree);
        var nodes = tree.Numbered("sys/devices/system/node", "node")
            .ToDictionary(n => n.Number, n => CpuList.Parse(tree.Line($"sys/devices/system/node/{n.Name}/cpulist")));
        var places = online.Select(cpu => Place(tree, cpu, nodes)).ToList();
        var present = places.GroupBy(p => p.Core).ToList();

        var inCpuset = online.Where(cpu => limits.Cpus is null || limits.Cpus.Contains(cpu)).ToHashSet();
        var allowed = inCpuset.Intersect(affinity).ToHashSet();
        var cores = present
            .Select(core => (core.First().Package, core.First().Node, First: core.Min(p => p.Cpu), Threads: core.Select(p => p.Cpu).Where(allowed.Contains).Order().ToArray()))
            .Where(core => core.Threads.Length > 0)
            .OrderBy(core => core.Node).ThenBy(core => core.First)
            .Select((core, index) => new HostCore(index, core.Package, core.Node, core.Threads)).ToList();

        var reasons = new List<string>();
        var inSet = present.Count(core => core.Any(p => inCpuset.Contains(p.Cpu)));
        if (inSet < present.Count) reasons.Add($"the cgroup's cpuset {CpuList.Format(inCpuset)} leaves {inSet} of {present.Count}");
        if (cores.Count < inSet) reasons.Add($"the process's affinity {CpuList.Format(allowed)} leaves {cores.Count} of {present.Count}");
        if (limits.CpuQuota is { } quota && Math.Max(1, (int)Math.Floor(quota + 1e-9)) is var busy && busy < cores.Count)
        {
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"the cgroup's cpu quota of {quota:0.##} keeps {busy} of {cores.Count} busy"));
            cores = cores[..busy];
        }
        return new(cores, present.Count, online.Count, places.Select(p => p.Package).Distinct().Count(), nodes, HostCaches.Read(tree, online), limits,
            reasons.Count == 0 ? null : string.Join(" and ", reasons));
    }

    /// <summary>Where a processor lies. Siblings share the core's name, which is the lowest of their numbers.</summary>
    static (int Cpu, string Core, int Package, int Node) Place(HostTree tree, int cpu, Dictionary<int, IReadOnlyList<int>> nodes)
    {
        var topology = $"{Cpus}/cpu{cpu}/topology";
        var siblings = CpuList.Parse(tree.Line($"{topology}/core_cpus_list") ?? tree.Line($"{topology}/thread_siblings_list"));
        var package = (int)(tree.Number($"{topology}/physical_package_id") ?? 0);
        var first = siblings.Count > 0 ? siblings[0] : cpu;
        var node = nodes.Where(n => n.Value.Contains(cpu)).Select(n => n.Key).FirstOrDefault();
        return (cpu, string.Create(CultureInfo.InvariantCulture, $"{package}/{first}"), Math.Max(0, package), node);
    }
}
