using System.Runtime.InteropServices;
using GpuLab.Model;
using GpuLab.Probes;
using GpuLab.Probes.Aggressors;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Link;
using GpuLab.Running;
using GpuLab.Tests.Mig;

namespace GpuLab.Tests.Cuda;

/// <summary>Aggressors of a GPU, with the kernels on this processor.</summary>
[Collection(nameof(NvmlDouble))]
public sealed unsafe class GpuStormTests : IDisposable
{
    const int Capacity = 256;

    readonly CudaDouble machine = new CudaDouble("h20-96gb").Behave("memory 512").Here();
    readonly void* memory = NativeMemory.AllocZeroed((nuint)SampleRing.SizeOf(Capacity));
    readonly SampleRing ring;

    public GpuStormTests() => ring = new(memory, Capacity);

    static readonly Dictionary<string, Func<StormGround, Storm>> makers = new()
    {
        ["storm.dram"] = g => CopyStorm.Memory(g, 4 << 20, 5),
        ["storm.l2"] = g => new CacheStorm(g, null, 5),
        ["storm.tlb"] = g => new PageStorm(g, 1 << 20, 64 << 10, 5),
        ["storm.up"] = g => CopyStorm.Up(g, 1 << 20, 5),
        ["storm.down"] = g => CopyStorm.Down(g, 1 << 20, 5),
        ["storm.link"] = g => CopyStorm.Both(g, 1 << 20, 5),
        ["storm.sm"] = g => new ChainStorm(g, 5),
        ["storm.power"] = g => new ProductStorm(g, 5),
        ["storm.fence"] = g => new FenceStorm(g, 5),
    };

    public static TheoryData<string> Makers => [.. makers.Keys];

    public void Dispose()
    {
        NativeMemory.Free(memory);
        machine.Dispose();
    }

    [Theory, MemberData(nameof(Makers))]
    public void A_storm_samples_without_allocating_and_another_result_than_its_work_gives_is_found(string name)
    {
        using var probe = new StormProbe(CudaSession.Open(), makers[name]);
        var samples = Sampled(probe, 4, allocationFree: true);
        // A launch goes on for the time it was given, on each block.
        Assert.All(samples, s => Assert.True(s is { Metric: 0, Operations: 1 } && s.End - s.Start >= 200_000 && double.IsFinite(s.Value) && s.Value > 0, s.ToString()));
        Assert.Null(probe.Verify());
        Assert.StartsWith("GpuLab double of", probe.Facts["device"], StringComparison.Ordinal);
        Assert.Contains(probe.Storm.Kernel.Name, probe.Facts["kernel"], StringComparison.Ordinal);
        Assert.DoesNotContain(0u, probe.Last.ToArray());
        probe.Storm.Poison();
        Assert.NotNull(probe.Verify());
    }

    [Theory]
    [InlineData("storm.l2"), InlineData("storm.tlb"), InlineData("storm.sm"), InlineData("storm.power"), InlineData("storm.fence")]
    public void A_portion_more_or_less_than_was_counted_is_found(string name)
    {
        using var probe = new StormProbe(CudaSession.Open(), makers[name]);
        uint[] counted = [.. probe.Last], more = [.. counted.Select(p => p + 1)];
        Assert.Null(probe.Storm.Wrong(counted));
        Assert.NotNull(probe.Storm.Wrong(more));
    }

    [Theory]
    [InlineData("storm.dram"), InlineData("storm.up"), InlineData("storm.down"), InlineData("storm.link")]
    public void One_wrong_byte_of_a_copy_is_found(string name)
    {
        using var probe = new StormProbe(CudaSession.Open(), makers[name]);
        Assert.Null(probe.Verify());
        ((byte*)((CopyStorm)probe.Storm).Target.Address)[77_777] ^= 1;
        Assert.Contains($"first at {77_777 / 16}", probe.Verify(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_each_counts_is_what_its_blocks_did()
    {
        using var probe = new StormProbe(CudaSession.Open(), makers["storm.fence"]);
        var sample = Sampled(probe, 1).Last();
        var barriers = probe.Last.ToArray().Sum(p => (double)p) * 8 * probe.Storm.Grid.Threads;
        Assert.Equal(barriers * 1e9 / (sample.End - sample.Start), sample.Value, sample.Value * 1e-5);
    }

    [Fact]
    public void Launches_storm_too()
    {
        using var probe = new LaunchStormProbe(CudaSession.Open());
        Assert.All(Sampled(probe, 3, allocationFree: true), s => Assert.True(s.Value > 0));
        Assert.Null(probe.Verify());
    }

    [Fact]
    public void Rests_of_copies_both_ways_have_no_copy_in_them()
    {
        using var probe = new GpuBothWaysProbe(CudaSession.Open(), 1 << 14, 5);
        probe.Begin(paced: true);
        var sink = new SampleSink(ring);
        for (var i = 0; i < 5; i++)
        {
            probe.Sample(ref sink);
            ring.Drain([]);
            var rest = Monotonic.Now;
            Thread.Sleep(3);
            probe.Sample(ref sink);
            var samples = new List<Sample>();
            ring.Drain(samples);
            Assert.All(samples, s => Assert.True(s.Start >= rest + 3_000_000, $"{s} began {s.Start - rest} ns after the rest"));
        }
        probe.End(ref sink);
    }

    [Fact]
    public void Pages_that_cannot_be_are_a_skip_with_the_reason()
    {
        var session = CudaSession.Open();
        Assert.Contains("power of two", Assert.Throws<ProbeSkippedException>(() => new StormProbe(session, g => new PageStorm(g, 1 << 20, 3 << 16, 5))).Message, StringComparison.Ordinal);
        Assert.Contains("no page of 2.000 MiB", Assert.Throws<ProbeSkippedException>(() => new StormProbe(session, g => new PageStorm(g, 1 << 20, 2 << 20, 5))).Message, StringComparison.Ordinal);
        var used = CudaDouble.Used();
        Assert.Contains("are free", Assert.Throws<ProbeSkippedException>(() => new StormProbe(session, g => CopyStorm.Memory(g, 400 << 20, 5))).Message, StringComparison.Ordinal);
        // The array that could be had was given back.
        Assert.Equal(used, CudaDouble.Used());
    }

    [Fact]
    public void Each_takes_its_parameters_from_the_catalogue()
    {
        foreach (var info in Catalogue.Probes.Where(p => p.Id.StartsWith("storm.", StringComparison.Ordinal)))
        {
            Assert.Same(info, Catalogue.For(DeviceKind.Gpu, info.Id)?.Info);
            Assert.All(info.Metrics, m => Assert.EndsWith("/s", m.Unit, StringComparison.Ordinal));
        }
        Assert.Equal(makers.Count + 2, Catalogue.Probes.Count(p => p.Id.StartsWith("storm.", StringComparison.Ordinal)));
    }

    List<Sample> Sampled(IQueuedProbe probe, int count, bool allocationFree = false)
    {
        probe.Begin(paced: false);
        var sink = new SampleSink(ring);
        probe.Sample(ref sink);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 1; i < count; i++) probe.Sample(ref sink);
        if (allocationFree) Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        probe.End(ref sink);
        var samples = new List<Sample>();
        ring.Drain(samples);
        return samples;
    }
}
