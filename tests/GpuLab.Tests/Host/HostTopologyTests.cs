using GpuLab.Control.Host;

namespace GpuLab.Tests.Host;

public sealed class HostTopologyTests
{
    [Fact]
    public void Two_sockets_with_siblings_are_cores_of_two_nodes_with_two_threads_each()
    {
        using var tree = new FakeTree(2, 4, 2);
        var topology = tree.Topology();
        Assert.Equal((8, 8, 16, 2), (topology.Cores.Count, topology.PresentCores, topology.OnlineThreads, topology.Packages));
        Assert.Equal([0, 8], topology.Cores[0].Threads);
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 1], topology.Cores.Select(c => c.Node));
        Assert.Null(topology.Restriction);
        Assert.Equal(8, topology.Caches.Count(c => c.Level == 1));
        Assert.Equal(2, topology.Caches.Count(c => c is { Level: 3, Bytes: 32 << 20, SharedBy.Count: 8 }));
    }

    [Fact]
    public void Affinity_leaves_cores_by_their_allowed_threads_only()
    {
        using var tree = new FakeTree(2, 4, 2);
        var topology = tree.Topology([9, 2, 10, 15]);
        Assert.Equal([[9], [2, 10], [15]], topology.Cores.Select(c => c.Threads));
        Assert.Contains("affinity 2,9-10,15 leaves 3 of 8", topology.Restriction, StringComparison.Ordinal);
    }

    [Fact]
    public void Offline_processors_do_not_exist()
    {
        using var tree = new FakeTree(1, 4, 2);
        tree.Write("sys/devices/system/cpu/online", "0-2,4-6").Write("sys/devices/system/cpu/cpu0/topology/core_cpus_list", "0,4");
        var topology = tree.Topology();
        Assert.Equal((3, 3), (topology.Cores.Count, topology.PresentCores));
        Assert.DoesNotContain(topology.Cores, c => c.Threads.Contains(3));
    }

    [Theory]
    [InlineData("150000 100000", 1)]
    [InlineData("250000 100000", 2)]
    [InlineData("50000 100000", 1)]
    [InlineData("300000 100000", 3)]
    [InlineData("max 100000", 4)]
    public void A_quota_of_version_2_limits_cores_to_those_it_keeps_busy(string quota, int cores)
    {
        using var tree = new FakeTree(1, 4, 1);
        tree.Write("proc/self/cgroup", "0::/pod/box").Write("sys/fs/cgroup/pod/box/cpu.max", "max 100000").Write("sys/fs/cgroup/pod/cpu.max", quota);
        Assert.Equal(cores, tree.Topology().Cores.Count);
    }

    [Fact]
    public void A_quota_of_version_1_is_that_of_the_mount_when_the_path_is_not_below_it()
    {
        using var tree = new FakeTree(1, 4, 1);
        tree.Write("proc/self/cgroup", "4:cpu,cpuacct:/docker/0123").Write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "200000")
            .Write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000");
        var topology = tree.Topology();
        Assert.Equal(2, topology.Cores.Count);
        Assert.Contains("quota of 2 keeps 2 of 4 busy", topology.Restriction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_1_quota_of_minus_one_is_none()
    {
        using var tree = new FakeTree(1, 4, 1);
        tree.Write("proc/self/cgroup", "1:cpu:/").Write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1").Write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000");
        Assert.Null(tree.Topology().Limits.CpuQuota);
    }

    [Theory]
    [InlineData("0::/", "sys/fs/cgroup/cpuset.cpus.effective")]
    [InlineData("3:cpuset:/", "sys/fs/cgroup/cpuset/cpuset.cpus")]
    public void A_cpuset_of_either_version_leaves_its_cores(string cgroup, string file)
    {
        using var tree = new FakeTree(1, 4, 1);
        tree.Write("proc/self/cgroup", cgroup).Write(file, "1-2");
        var topology = tree.Topology();
        Assert.Equal([1, 2], topology.Cores.Select(c => c.Threads[0]));
        Assert.Contains("cpuset 1-2 leaves 2 of 4", topology.Restriction, StringComparison.Ordinal);
    }

    [Fact]
    public void The_tightest_memory_limit_bounds_the_device_and_page_cache_counts_as_room()
    {
        using var tree = new FakeTree(1, 2, 1);
        tree.Write("proc/self/cgroup", "0::/a/b").Write("sys/fs/cgroup/a/memory.max", "4294967296").Write("sys/fs/cgroup/a/memory.current", "3221225472")
            .Write("sys/fs/cgroup/a/memory.stat", "anon 5\ninactive_file 1073741824").Write("sys/fs/cgroup/a/b/memory.max", "max");
        var device = tree.Open();
        Assert.Equal(4L << 30, device.Facts.Memory);
        Assert.Equal(2L << 30, device.Topology.Limits.MemoryLeft);
        Assert.Equal("4.000 GiB", device.Facts.Details["cgroup memory limit"]);
    }

    [Fact]
    public void A_tree_with_nothing_but_affinity_still_gives_one_core_a_processor()
    {
        var root = Directory.CreateTempSubdirectory("gpulab-bare").FullName;
        var device = HostDevice.Open(root, () => [3, 5]);
        Assert.Equal([3, 5], device.Topology.Cores.Select(c => c.Threads[0]));
        Assert.Empty(device.Telemetry.Read());
        Directory.Delete(root);
    }

    [Theory]
    [InlineData("0-3,8,10-11", new[] { 0, 1, 2, 3, 8, 10, 11 })]
    [InlineData("", new int[0])]
    [InlineData("5", new[] { 5 })]
    public void Lists_of_processors_read_back_as_written(string text, int[] cpus)
    {
        Assert.Equal(cpus, CpuList.Parse(text));
        Assert.Equal(text, CpuList.Format(cpus));
    }

    [Fact]
    public void This_machine_opens_with_the_cores_its_affinity_allows_and_readable_counters()
    {
        var device = HostDevice.Open();
        Assert.All(device.Topology.Cores, c => Assert.Contains(c.Threads[0], Affinity.Current()));
        Assert.NotEmpty(device.Topology.Cores);
        Assert.Contains(device.Telemetry.Read(), r => r is { Scope: "device", Field: "context_switches", Value: > 0 });
        Assert.True(device.Facts.Memory > 0);
    }

    [Fact]
    public void Telemetry_reads_clock_steal_temperature_and_load_where_they_are_shown()
    {
        using var tree = new FakeTree(1, 2, 1);
        tree.Write("sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq", "2500000").Write("proc/loadavg", "0.25 0 0 1/2 3")
            .Write("proc/stat", "cpu  1 2 3 4 5 6 7 250 0 0\ncpu0 1 2 3 4 5 6 7 150 0 0\nctxt 99")
            .Write("sys/class/thermal/thermal_zone0/type", "x86_pkg_temp").Write("sys/class/thermal/thermal_zone0/temp", "61500");
        var readings = tree.Open().Telemetry.Read();
        Assert.Contains(new("cpu1", "clock_hz", 2.5e9), readings);
        Assert.Contains(new("device", "steal_s", 2.5), readings);
        Assert.Contains(new("cpu0", "steal_s", 1.5), readings);
        Assert.Contains(new("x86_pkg_temp", "temperature_c", 61.5), readings);
        Assert.Contains(new("device", "load", 0.25), readings);
        Assert.Contains(new("device", "context_switches", 99), readings);
    }
}
