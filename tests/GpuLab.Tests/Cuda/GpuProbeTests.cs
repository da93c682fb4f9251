using System.Runtime.InteropServices;
using GpuLab.Model;
using GpuLab.Probes;
using GpuLab.Probes.Compute;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Kernels;
using GpuLab.Probes.Latency;
using GpuLab.Probes.Launch;
using GpuLab.Probes.Link;
using GpuLab.Probes.Memory;
using GpuLab.Probes.Trace;
using GpuLab.Running;
using GpuLab.Tests.Mig;

namespace GpuLab.Tests.Cuda;

/// <summary>Arithmetic, latency, links, launches and traces of a GPU, with the kernels on this processor. No figure here is a GPU's.</summary>
[Collection(nameof(NvmlDouble))]
public sealed unsafe class GpuProbeTests : IDisposable
{
    const int Capacity = 256;

    readonly CudaDouble machine = Settled();
    readonly void* memory = NativeMemory.AllocZeroed((nuint)SampleRing.SizeOf(Capacity));
    readonly SampleRing ring;

    public GpuProbeTests() => ring = new(memory, Capacity);

    public static TheoryData<string> Makers => [.. makers.Keys];

    static readonly Dictionary<string, Func<CudaSession, IPreparedProbe>> makers = new()
    {
        ["compute.fp32"] = s => new GpuComputeProbe(s, "fp32", [GpuComputeLoops.Fp32], 5),
        ["compute.fp64"] = s => new GpuComputeProbe(s, "fp64", [GpuComputeLoops.Fp64], 5),
        ["compute.int32"] = s => new GpuComputeProbe(s, "int32", [GpuComputeLoops.Int32], 5),
        ["compute.bf16"] = s => new GpuComputeProbe(s, "bf16", [GpuComputeLoops.Warpgroup(TensorFormat.Bf16), GpuComputeLoops.Warp(TensorFormat.Bf16)], 5),
        ["compute.int8"] = s => new GpuComputeProbe(s, "int8", [GpuComputeLoops.Warp(TensorFormat.Int8)], 5),
        ["lat.chase"] = s => new GpuChaseProbe(s, false, 5001, 5),
        ["lat.tlb"] = s => new GpuChaseProbe(s, false, 501, 5, spacing: 4096 + 128),
        ["mem.stride"] = s => new GpuReadProbe(s, 1 << 20, new(7, null, 0), 5),
        ["mem.saturation"] = s => new GpuReadProbe(s, 1 << 20, new(1, 5, 3), 5),
        ["link.latency"] = s => new GpuChaseProbe(s, true, 5001, 5),
        ["link.h2d"] = s => new GpuCopyProbe(s, 100_003, true, true, 5),
        ["link.d2h pageable"] = s => new GpuCopyProbe(s, 4, false, false, 5),
        ["link.h2d sm"] = s => new GpuCopyProbe(s, 100_000, true, true, 5, bySms: true),
        ["link.d2h sm"] = s => new GpuCopyProbe(s, 16, false, true, 5, bySms: true),
        ["link.bidir"] = s => new GpuBothWaysProbe(s, 1 << 16, 5),
        ["link.bidir sm"] = s => new SmBothWaysProbe(s, 100_000, 5),
        ["link.latency flag"] = s => new FlagLatencyProbe(s),
        ["link.latency copy"] = s => new CopyLatencyProbe(s, 5),
        ["link.nvbandwidth ce"] = s => new NvbandwidthProbe(s, NvbandwidthTest.Of("device_to_host_memcpy_ce"), 1 << 16, 5),
        ["link.nvbandwidth both ce"] = s => new NvbandwidthProbe(s, NvbandwidthTest.Of("host_to_device_bidirectional_memcpy_ce"), 1 << 16, 5),
        ["link.nvbandwidth sm"] = s => new NvbandwidthProbe(s, NvbandwidthTest.Of("host_to_device_memcpy_sm"), 1 << 20, 5),
        ["link.nvbandwidth both sm"] = s => new NvbandwidthProbe(s, NvbandwidthTest.Of("device_to_host_bidirectional_memcpy_sm"), 1 << 20, 5),
        ["launch.api"] = s => new LaunchTimeProbe(s, false),
        ["launch.sync"] = s => new LaunchTimeProbe(s, true),
        ["launch.rate"] = s => new LaunchRateProbe(s, 0),
        ["launch.graph"] = s => new LaunchRateProbe(s, 7),
        ["trace.blocks"] = s => new GpuTraceProbe(s, 2, 5),
    };

    /// <summary>What tests before forgot is freed first: its context is this machine's as well, and would end under this test.</summary>
    static CudaDouble Settled()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return new CudaDouble("h20-96gb").Behave("memory 512").Here();
    }

    public void Dispose()
    {
        NativeMemory.Free(memory);
        machine.Dispose();
    }

    [Theory, MemberData(nameof(Makers))]
    public void A_probe_samples_without_allocating_and_verifies(string name)
    {
        using var probe = makers[name](CudaSession.Open());
        var info = Catalogue.Probes.Single(p => p.Id == name.Split(' ')[0]);
        var samples = Sampled(probe, 3, allocationFree: true);
        Assert.All(samples, s => Assert.True(s.Operations > 0 && s.End > s.Start && double.IsFinite(s.Value) && s.Value >= 0, s.ToString()));
        // Each of its metrics has figures, and no other.
        Assert.Equal(Enumerable.Range(0, info.Metrics.Count), samples.Select(s => s.Metric).Distinct().Order());
        Assert.True(samples.Count >= 3 * info.Metrics.Count);
        Assert.Null(probe.Verify());
        Assert.StartsWith("GpuLab double of", probe.Facts["device"], StringComparison.Ordinal);
    }

    [Fact]
    public void Every_probe_of_a_GPU_is_prepared_from_its_own_parameters()
    {
        foreach (var info in Catalogue.Probes.Where(p => p.Id.StartsWith("link.", StringComparison.Ordinal) || p.Id.StartsWith("launch.", StringComparison.Ordinal)))
            Assert.Same(info, Catalogue.For(DeviceKind.Gpu, info.Id)?.Info);
    }

    [Fact]
    public void A_start_is_timed_to_the_end_of_its_first_kernel()
    {
        Environment.SetEnvironmentVariable("GPULAB_DOUBLE", machine.Folder);
        try
        {
            using var probe = new GpuStartProbe("here");
            var samples = Sampled(probe, 2);
            Assert.Equal(2, samples.Count);
            Assert.All(samples, s => Assert.InRange(s.Value, 0.01, 60));
            Assert.Matches("^run-time .*s, driver .*s, context .*s, module .*s, first kernel .*s$", probe.Facts["the first start"]);
            machine.Behave("driver 11030");
            Assert.Contains("CUDA 11.4 (R470) or newer", Assert.Throws<InvalidOperationException>(() => new GpuStartProbe("here")).Message, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("GPULAB_DOUBLE", null);
        }
    }

    [Fact]
    public void A_wrong_result_of_arithmetic_is_found()
    {
        var session = CudaSession.Open();
        using var stream = new CudaStream(session.Context);
        using var loop = GpuComputeLoops.Int32(session, stream, 9);
        loop.Poison();
        loop.Launch(2);
        stream.Synchronize();
        Assert.Null(loop.Wrong(2));
        // One round more or less is another result, and so is what was there before.
        Assert.Contains("thread 0 left", loop.Wrong(3), StringComparison.Ordinal);
        loop.Poison();
        Assert.Contains("thread 0 left", loop.Wrong(2), StringComparison.Ordinal);
    }

    [Fact]
    public void A_product_that_differs_in_one_group_is_found()
    {
        var session = CudaSession.Open();
        using var stream = new CudaStream(session.Context);
        using var loop = (ProductLoop<int>)GpuComputeLoops.Warp(TensorFormat.Int8)(session, stream, 9);
        loop.Poison();
        loop.Launch(1);
        stream.Synchronize();
        Assert.Null(loop.Wrong(1));
        ((byte*)loop.Sums.Address)[5 * 4096 + 12] ^= 1;
        Assert.Equal("group 5 differs from the first", loop.Wrong(1));
        ((byte*)loop.Sums.Address)[12] ^= 1;
        Assert.StartsWith("element 3 is", loop.Wrong(1), StringComparison.Ordinal);
    }

    [Fact]
    public void What_this_driver_cannot_is_a_skip_with_every_reason()
    {
        machine.Behave("memory 512", "driver 11080").Here();
        var skip = Assert.Throws<ProbeSkippedException>(() => new GpuComputeProbe(CudaSession.Open(), "fp8", [GpuComputeLoops.Warpgroup(TensorFormat.Fp8), GpuComputeLoops.Warp(TensorFormat.Fp8, KernelModules.Fp8)], 5));
        Assert.Contains("PTX 8.0 is newer than the driver", skip.Message, StringComparison.Ordinal);
        Assert.Contains("PTX 8.4 is newer than the driver", skip.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cycle_that_was_changed_is_found()
    {
        using var probe = new GpuChaseProbe(CudaSession.Open(), false, 63, 5);
        Assert.NotEmpty(Sampled(probe, 2));
        Assert.Null(probe.Verify());
        // All of its lines lead to the first.
        for (var line = 0; line < 63; line++) ((ulong*)probe.Ring)[line * DeviceRing.Line / 8] = probe.Ring;
        Assert.NotEmpty(Sampled(probe, 3));
        Assert.Contains("another line", probe.Verify(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void One_wrong_byte_of_a_copy_is_found(bool toDevice)
    {
        using var probe = new GpuCopyProbe(CudaSession.Open(), 10_000, toDevice, true, 5);
        Assert.NotEmpty(Sampled(probe, 2));
        Assert.Null(probe.Verify());
        var target = toDevice ? (byte*)probe.Ring.Device.Address : probe.Ring.Host;
        target[9_999] ^= 4;
        Assert.StartsWith("byte 9999 of buffer 0", probe.Verify(), StringComparison.Ordinal);
    }

    [Fact]
    public void Summaries_of_traces_are_those_of_their_blocks()
    {
        // SM 3 is twice as slow; SM 9 has one block less and runs out at 20.
        BlockRecord[] blocks = [new(0, 10, 3, 0), new(0, 5, 9, 0), new(0, 5, 4, 0), new(10, 20, 3, 0), new(5, 10, 4, 0)];
        var summary = new TraceSummary(blocks.Length);
        Assert.True(summary.Read(blocks));
        Assert.Equal([3u, 4u, 9u], summary.Numbers);
        Assert.Equal((2, 20 * 3 / 35.0, 15 / 20.0, 3), (summary.Slowest, summary.Imbalance, summary.Tail, summary.Sms));
        blocks[0] = new(10, 0, 3, 0);
        Assert.False(summary.Read(blocks));
        Assert.Equal("0-3, 7, 9-10", SmList.Text([0, 1, 2, 3, 7, 9, 10]));
    }

    [Fact]
    public void The_clock_of_each_sample_is_that_of_its_own_work()
    {
        using var probe = new GpuComputeProbe(CudaSession.Open(), "int32", [GpuComputeLoops.Int32], 5);
        var samples = Sampled(probe, 3);
        var clocks = samples.Where(s => s.Metric == 1).ToList();
        Assert.Equal(samples.Where(s => s.Metric == 0).Select(s => (s.Start, s.End)), clocks.Select(s => (s.Start, s.End)));
        // This processor's time stamp counter, which goes at one rate whatever the load.
        Assert.All(clocks, c => Assert.InRange(c.Value / clocks[0].Value, 0.98, 1.02));
        Assert.InRange(clocks[0].Value, 1e9, 6e9);
    }

    [Fact]
    public void Peaks_are_known_for_architectures_that_say_them_and_for_no_others()
    {
        var device = CudaSession.Open().Device;
        Assert.Equal(device.Sms * 256 * 1e9, ComputePeak.Of(device, "fp32", 1e9).Value);
        var unknown = ComputePeak.Of(device, "fp4", 1e9);
        Assert.Equal(double.NaN, unknown.Value);
        Assert.StartsWith("unknown: how many operations of fp4 an SM of compute capability 9.0 does", unknown.Source, StringComparison.Ordinal);
    }

    List<Sample> Sampled(IPreparedProbe probe, int count, bool allocationFree = false)
    {
        var queued = probe as IQueuedProbe;
        queued?.Begin(paced: false);
        var sink = new SampleSink(ring);
        probe.Sample(ref sink);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 1; i < count; i++) probe.Sample(ref sink);
        if (allocationFree) Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        queued?.End(ref sink);
        var samples = new List<Sample>();
        ring.Drain(samples);
        return samples;
    }
}
