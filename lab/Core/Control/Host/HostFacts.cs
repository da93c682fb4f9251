using System.Globalization;
using System.Runtime.InteropServices;
using GpuLab.Model;

namespace GpuLab.Control.Host;

/// <summary>What is written down about the machine beside every result. A fact that cannot be read says so, or is left out where its absence means nothing.</summary>
static class HostFacts
{
    static readonly string[] Identity = ["cpu family", "model", "stepping"];

    static readonly string[] AboutProcessors =
    [
        "isolcpus", "nohz_full", "rcu_nocbs", "mitigations", "nosmt", "intel_idle", "processor.max_cstate", "idle", "intel_pstate", "amd_pstate",
        "transparent_hugepage", "hugepages", "default_hugepagesz", "iommu", "intel_iommu", "amd_iommu",
    ];

    public static DeviceFacts Read(HostTree tree, HostTopology topology)
    {
        var limits = topology.Limits;
        var model = tree.Value("proc/cpuinfo", "model name") ?? "unknown processor";
        var total = tree.MemInfo("MemTotal") ?? 0;
        var memory = Math.Min(total, limits.Memory ?? long.MaxValue);
        var details = new List<(string Name, string? Value)>
        {
            ("CPU", model),
            ("family, model, stepping", string.Join(", ", Identity.Select(k => tree.Value("proc/cpuinfo", k) ?? "?"))),
            ("microcode", tree.Value("proc/cpuinfo", "microcode")),
            ("architecture", RuntimeInformation.OSArchitecture.ToString()),
            ("sockets", Count(topology.Packages)),
            ("cores", topology.Restriction is null ? Count(topology.PresentCores) : $"{Count(topology.Cores.Count)} usable of {Count(topology.PresentCores)}: {topology.Restriction}"),
            ("hardware threads", Count(topology.OnlineThreads)),
            ("processors used", CpuList.Format(topology.Cores.Select(c => c.Threads[0]))),
            ("NUMA", topology.Nodes.Count == 0 ? "none shown" : string.Join("; ", topology.Nodes.OrderBy(n => n.Key).Select(n => $"node {Count(n.Key)}: {CpuList.Format(n.Value)}"))),
            ("memory", Pretty.Bytes(total)),
        };
        // Hybrid processors have several kinds of one level.
        foreach (var level in topology.Caches.GroupBy(c => (c.Level, c.Type)))
        {
            var kinds = level.GroupBy(c => (c.Bytes, c.SharedBy.Count)).Select(k =>
                $"{Count(k.Count())} × {Pretty.Bytes(k.Key.Bytes)}, each shared by {Count(k.Key.Count)} hardware {(k.Key.Count == 1 ? "thread" : "threads")}");
            details.Add(($"L{Count(level.Key.Level)}{level.Key.Type switch { "Data" => "d", "Instruction" => "i", _ => "" }}", string.Join("; ", kinds)));
        }
        details.AddRange(
        [
            ("governor", tree.Line("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor") ?? "not shown"),
            ("turbo", tree.Number("sys/devices/system/cpu/intel_pstate/no_turbo") is { } off ? off == 0 ? "on" : "off"
                : tree.Number("sys/devices/system/cpu/cpufreq/boost") is { } boost ? boost == 1 ? "on" : "off" : null),
            ("SMT", tree.Line("sys/devices/system/cpu/smt/control")),
            ("kernel", tree.Line("proc/sys/kernel/osrelease") is { } release ? $"Linux {release}" : null),
            ("virtual machine", Hypervisor(tree)),
            ("container", Container(tree)),
            ("transparent huge pages", Chosen(tree.Line("sys/kernel/mm/transparent_hugepage/enabled")) ?? "not in this kernel"),
            ("huge pages reserved", Count(tree.Number("proc/sys/vm/nr_hugepages") ?? 0)),
            ("NUMA balancing", tree.Number("proc/sys/kernel/numa_balancing") is { } balancing ? balancing == 0 ? "off" : "on" : null),
            ("cgroup cpuset", limits.Cpus is { } set ? CpuList.Format(set) : "none"),
            ("cgroup cpu quota", limits.CpuQuota is { } quota ? quota.ToString("0.##", CultureInfo.InvariantCulture) + " CPUs" : "none"),
            ("cgroup memory limit", limits.Memory is { } limit && limit < total ? Pretty.Bytes(limit) : "none"),
            ("IOMMU", tree.Exists("sys/class/iommu") ? tree.Numbered("sys/class/iommu", "dmar").Count + tree.Numbered("sys/class/iommu", "ivhd").Count > 0 ? "on" : "none shown" : null),
            ("steal since boot", Steal(tree)),
            ("kernel arguments about processors", Arguments(tree)),
        ]);
        var shown = Invariant($"{model} ({(topology.Cores.Count == 1 ? "1 core" : $"{topology.Cores.Count} cores")})");
        return new(DeviceKind.Host, shown, memory, details.Where(d => d.Value is not null).ToDictionary(d => d.Name, d => d.Value!));
    }

    static string Hypervisor(HostTree tree)
    {
        var flagged = tree.Value("proc/cpuinfo", "flags")?.Split(' ').Contains("hypervisor") == true;
        var product = tree.Line("sys/class/dmi/id/sys_vendor") ?? tree.Line("sys/hypervisor/type");
        return flagged ? $"yes{(product is null ? "" : $" ({product})")}" : "no";
    }

    static string Container(HostTree tree) =>
        tree.Exists(".dockerenv") ? "docker"
        : tree.Exists("run/.containerenv") ? "podman"
        : tree.Lines("proc/self/cgroup").Any(l => l.Contains("docker", StringComparison.Ordinal) || l.Contains("kubepods", StringComparison.Ordinal) || l.Contains("lxc", StringComparison.Ordinal)) ? "yes, by its cgroup"
        : "none seen";

    /// <summary>The word in brackets: <c>always [madvise] never</c>.</summary>
    static string? Chosen(string? words)
    {
        var open = words?.IndexOf('[', StringComparison.Ordinal) ?? -1;
        var close = words?.IndexOf(']', StringComparison.Ordinal) ?? -1;
        return open >= 0 && close > open ? words![(open + 1)..close] : words;
    }

    static string? Steal(HostTree tree)
    {
        var fields = tree.Line("proc/stat")?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields is not ["cpu", ..] || fields.Length < 9) return null;
        var ticks = fields[1..9].Select(f => double.Parse(f, CultureInfo.InvariantCulture)).ToArray();
        return ticks.Sum() > 0 ? Pretty.Percent(ticks[7] / ticks.Sum()) : null;
    }

    static string Arguments(HostTree tree)
    {
        var found = (tree.Line("proc/cmdline") ?? "").Split(' ').Where(a => AboutProcessors.Contains(a.Split('=')[0])).ToArray();
        return found.Length == 0 ? "none" : string.Join(' ', found);
    }

    static string Count(long number) => number.ToString(CultureInfo.InvariantCulture);

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
