using System.Runtime.InteropServices;
using GpuLab.Probes.Cuda;
using GpuLab.Running;
using GpuLab.Tests.Mig;

namespace GpuLab.Tests.Cuda;

[Collection(nameof(NvmlDouble))]
public sealed unsafe class CudaBindingTests : IDisposable
{
    readonly CudaDouble machine = new CudaDouble("h200-141gb").Here();
    readonly CudaContext context = CudaContext.Retain(CudaDevice.At(0));

    public void Dispose()
    {
        context.Dispose();
        machine.Dispose();
    }

    [Fact]
    public void A_device_is_what_the_driver_says_it_is()
    {
        var device = context.Device;
        Assert.Equal(1, CudaDevice.Count);
        Assert.StartsWith("GpuLab double of NVIDIA H200", device.Name, StringComparison.Ordinal);
        Assert.Equal(machine.Nvml.Uuids[0], $"GPU-{device.Uuid}");
        Assert.Equal((132, (9, 0), "0000:01:00.0"), (device.Sms, device.Capability, device.PciBusId));
        Assert.Equal(device.Memory, context.Memory.Total);
        Assert.Equal(("12.8", (string?)null), (CudaDriver.VersionText, CudaDriver.Obstacle));
    }

    [Fact]
    public void A_failure_names_the_call_the_status_and_its_text()
    {
        var none = Assert.Throws<CudaException>(() => CudaDevice.At(7));
        Assert.Equal((CUresult.InvalidDevice, "cuDeviceGet(7): CUDA_ERROR_INVALID_DEVICE (101): invalid device ordinal"), (none.Status, none.Message));
        machine.Fail("cuStreamCreate 1 719").Here();
        using var again = CudaContext.Retain(CudaDevice.At(0));
        Assert.Contains("cuStreamCreate(): CUDA_ERROR_LAUNCH_FAILED (719)", Assert.Throws<CudaException>(() => new CudaStream(again)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_driver_does_not_have_is_a_skip_with_its_name()
    {
        Assert.Contains("cuNotThere", Assert.Throws<ProbeSkippedException>(() => CudaDriver.Need("that", "cuInit", "cuNotThere")).Message, StringComparison.Ordinal);
        machine.Behave("driver 11030").Here();
        Assert.Contains("CUDA 11.3; the kernels need CUDA 11.4", CudaDriver.Obstacle, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_is_accounted_for_and_too_much_of_it_is_a_skip()
    {
        var free = context.Memory.Free;
        using (var memory = new DeviceMemory(context, 1 << 20)) Assert.Equal(free - (1 << 20), context.Memory.Free);
        Assert.Equal(free, context.Memory.Free);
        Assert.Contains("are free", Assert.Throws<ProbeSkippedException>(() => new DeviceMemory(context, 1L << 40)).Message, StringComparison.Ordinal);
        Assert.Equal(free, context.Memory.Free);
    }

    [Fact]
    public void Copies_and_fills_arrive_in_order()
    {
        using var stream = new CudaStream(context);
        using var memory = new DeviceMemory(context, 4096);
        using var pinned = new PinnedMemory(context, 4096);
        var page = NativeMemory.AlignedAlloc(4096, 4096);
        using (var block = new PinnedBlock(context, page, 4096))
        {
            var from = new Span<byte>(page, 4096);
            var to = new Span<byte>(pinned.Start, 4096);
            new Random(1).NextBytes(from);
            memory.Fill(0xAB, stream);
            memory.CopyFrom(page, 2048, 0, stream);
            memory.CopyWithin(0, 3072, 1024, stream);
            memory.CopyTo(pinned.Start, 4096, 0, stream);
            stream.Synchronize();
            Assert.True(to[..2048].SequenceEqual(from[..2048]));
            Assert.Equal(-1, to[2048..3072].IndexOfAnyExcept((byte)0xAB));
            Assert.True(to[3072..].SequenceEqual(from[..1024]));
            Assert.NotEqual(0ul, block.OnDevice.Address);
        }
        NativeMemory.AlignedFree(page);
    }

    [Fact]
    public void Every_kernel_that_ships_loads_and_takes_what_its_source_takes()
    {
        using var module = CudaModule.Load(context, KernelImage.Ptx);
        var entries = KernelImage.Ptx.Split(".entry ").Skip(1).Select(e => e[..e.IndexOf('(', StringComparison.Ordinal)].Trim()).ToList();
        Assert.Contains("gl_stream_triad", entries);
        // The double refuses an entry whose parameters differ from the host build's.
        Assert.All(entries, e => Assert.True(module[e].MaxThreads > 0));
        Assert.Contains("gl_nothing", Assert.Throws<CudaException>(() => module["gl_nothing"]).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".version 7.4", ".version 9.9", "newer than the driver", true)]
    [InlineData(".target sm_80", ".target sm_100", "sm_100", true)]
    [InlineData(".address_size 64", ".address_size 32", "not PTX", false)]
    public void Kernels_that_a_driver_refuses_are_refused_with_its_words(string from, string to, string said, bool skipped)
    {
        var ptx = KernelImage.Ptx.Replace(from, to, StringComparison.Ordinal);
        var refused = Record.Exception(() => CudaModule.Load(context, ptx))!;
        Assert.Equal(skipped ? typeof(ProbeSkippedException) : typeof(CudaException), refused.GetType());
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_waits_for_another_and_events_tell_the_time()
    {
        using var module = CudaModule.Load(context, KernelImage.Ptx);
        using var first = new CudaStream(context);
        using var second = new CudaStream(context);
        using var latch = new PinnedMemory(context, 64);
        using var start = new CudaEvent(context);
        using var end = new CudaEvent(context);
        new Span<byte>(latch.Start, 64).Clear();
        start.Record(first);
        module["gl_latch"].Launch(first, 1, 1, 0, latch.OnDevice.Address, 1u, 5_000_000_000ul, latch.OnDevice.Address + 32);
        end.Record(first);
        second.WaitFor(end);
        using var after = new CudaEvent(context);
        after.Record(second);
        start.Synchronize();
        Thread.Sleep(20);
        Assert.False(first.IsIdle || second.IsIdle || after.IsPassed);
        *(uint*)latch.Start = 1;
        after.Synchronize();
        Assert.True(end.IsPassed && end.Since(start) >= 20e6 && end.Since(start) < 5e9, $"{end.Since(start)}");
        Assert.True(after.Since(end) >= 0);
    }

    [Fact]
    public void A_graph_does_what_was_captured_each_time_it_is_launched()
    {
        using var stream = new CudaStream(context);
        using var memory = new DeviceMemory(context, 1024);
        using var pinned = new PinnedMemory(context, 1024);
        memory.Fill(1, stream);
        using var graph = CudaGraph.Capture(context, stream, () =>
        {
            memory.CopyWithin(0, 512, 256, stream);
            memory.Fill(7, stream);
        });
        memory.CopyTo(pinned.Start, 1024, 0, stream);
        stream.Synchronize();
        Assert.Equal(1, *(byte*)pinned.Start);
        graph.Launch(stream);
        memory.CopyTo(pinned.Start, 1024, 0, stream);
        stream.Synchronize();
        Assert.Equal(7, *(byte*)pinned.Start);
        Assert.Throws<InvalidOperationException>(() => CudaGraph.Capture(context, stream, () => throw new InvalidOperationException()));
        // The stream is usable after a capture that was given up.
        memory.Fill(9, stream);
        stream.Synchronize();
    }

    [Fact]
    public void Device_times_lie_between_the_looks_at_the_hosts_clock()
    {
        using var clock = new DeviceClock(context);
        using var stream = new CudaStream(context);
        using var passed = new CudaEvent(context);
        clock.Renew();
        var before = Monotonic.Now;
        passed.Record(stream);
        passed.Synchronize();
        var after = Monotonic.Now;
        Assert.InRange(clock.HostTime(passed), before - (long)clock.Uncertainty, after + (long)clock.Uncertainty);
    }

    [Fact]
    public void The_step_of_the_clock_is_found()
    {
        Assert.Equal(32, TimerStep.Of([64, 96, 96, 160, 64]), 3);
        Assert.Equal(500, TimerStep.Of([500, 500, 500]), 3);
        Assert.Equal(1, TimerStep.Of([0, 0]), 3);
        machine.Behave("step 4096").Here();
        using var again = CudaContext.Retain(CudaDevice.At(0));
        Assert.Equal(4096, TimerStep.Measure(again), 0);
    }

    [Fact]
    public void What_is_forgotten_is_freed_on_the_finalizers_thread()
    {
        var free = context.Memory.Free;
        Forget();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(free, context.Memory.Free);

        void Forget() => _ = new DeviceMemory(context, 1 << 20);
    }
}
