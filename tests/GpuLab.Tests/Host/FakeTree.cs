using System.Globalization;
using GpuLab.Control.Host;

namespace GpuLab.Tests.Host;

/// <summary>A folder with the files of sysfs and procfs that describe a machine made up for a test.</summary>
sealed class FakeTree : IDisposable
{
    readonly string root = Directory.CreateTempSubdirectory("gpulab-tree").FullName;

    public FakeTree(int packages, int coresPerPackage, int threadsPerCore, bool numa = true)
    {
        Threads = packages * coresPerPackage * threadsPerCore;
        // As Linux numbers them: first threads of all cores, then their siblings.
        var cores = packages * coresPerPackage;
        for (var cpu = 0; cpu < Threads; cpu++)
        {
            var (core, package) = (cpu % cores, cpu % cores / coresPerPackage);
            var folder = $"sys/devices/system/cpu/cpu{cpu}";
            var siblings = CpuList.Format(Enumerable.Range(0, threadsPerCore).Select(t => core + t * cores));
            var neighbours = CpuList.Format(Enumerable.Range(0, Threads).Where(c => c % cores / coresPerPackage == package));
            Write($"{folder}/topology/core_cpus_list", siblings);
            Write($"{folder}/topology/physical_package_id", package.ToString(CultureInfo.InvariantCulture));
            Cache(folder, 0, 1, "Data", "48K", siblings);
            Cache(folder, 1, 3, "Unified", "32M", neighbours);
            if (numa) Write($"sys/devices/system/node/node{package}/cpulist", neighbours);
        }
        Write("sys/devices/system/cpu/online", CpuList.Format(Enumerable.Range(0, Threads)));
        Write("proc/self/cgroup", "0::/");
        Write("proc/cpuinfo", "model name\t: Made-up CPU\nflags\t\t: fpu hypervisor");
        Write("proc/meminfo", "MemTotal:       16777216 kB\nMemAvailable:    8388608 kB");
    }

    public int Threads { get; }

    public string Root => root;

    public FakeTree Write(string path, string text)
    {
        var full = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text + "\n");
        return this;
    }

    public HostDevice Open(IReadOnlyList<int>? affinity = null) => HostDevice.Open(root, () => affinity ?? [.. Enumerable.Range(0, Threads)]);

    public HostTopology Topology(IReadOnlyList<int>? affinity = null) => Open(affinity).Topology;

    public void Dispose() => Directory.Delete(root, true);

    void Cache(string folder, int index, int level, string type, string size, string shared)
    {
        Write($"{folder}/cache/index{index}/level", level.ToString(CultureInfo.InvariantCulture));
        Write($"{folder}/cache/index{index}/type", type);
        Write($"{folder}/cache/index{index}/size", size);
        Write($"{folder}/cache/index{index}/shared_cpu_list", shared);
    }
}
