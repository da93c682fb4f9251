using System.Runtime.InteropServices;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Latency;
using GpuLab.Probes.Launch;
using GpuLab.Probes.Link;
using GpuLab.Probes.Memory;
using GpuLab.Probes.Trace;
using GpuLab.Running;
using GpuLab.Tests.Mig;

namespace GpuLab.Tests.Cuda;

/// <summary>Every status at every call of a probe's life: the probe fails or skips with the status in its reason, and what it allocated is freed.</summary>
[Collection(nameof(NvmlDouble))]
public sealed unsafe class CudaFaultTests : IDisposable
{
    /// <summary>These free; where one fails, what it should have freed stays.</summary>
    static readonly string[] frees = ["cuMemFree_v2", "cuCtxSetCurrent"];

    static readonly Dictionary<string, Func<CudaSession, IPreparedProbe>> probes = new()
    {
        ["mem.triad"] = s => new GpuStreamProbe(s, GpuStreamKernel.Triad, 500, 3),
        ["link.h2d"] = s => new GpuCopyProbe(s, 4096, true, true, 3),
        ["link.bidir"] = s => new GpuBothWaysProbe(s, 4096, 3),
        ["lat.chase"] = s => new GpuChaseProbe(s, true, 100, 3),
        ["launch.graph"] = s => new LaunchRateProbe(s, 3),
        ["trace.blocks"] = s => new GpuTraceProbe(s, 2, 3),
    };

    static readonly Dictionary<string, IReadOnlyList<(string, int)>> places = [];

    // Two multiprocessors: every launch runs all threads of a grid, one after another.
    readonly CudaDouble machine = new CudaDouble("h100-sxm-80gb").Behave("lie 2");
    readonly void* memory = NativeMemory.AllocZeroed((nuint)SampleRing.SizeOf(1024));
    readonly SampleRing ring;

    public CudaFaultTests() => ring = new(memory, 1024);

    public void Dispose()
    {
        NativeMemory.Free(memory);
        machine.Dispose();
    }

    public static TheoryData<string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach (var probe in probes.Keys)
            {
                foreach (var code in Faults.Codes) cases.Add(probe, code);
            }
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_status_that_strikes_once_at_any_call_is_the_reason_and_leaks_nothing(string probe, int code)
    {
        foreach (var (call, nth) in Faults.For(code, Places(probe)))
        {
            var thrown = Struck(probe, call, nth, code);
            // Batches are as long as the moment makes them: what came earlier in one life may not come in another.
            for (var earlier = nth / 2; earlier > 0 && machine.Log.All(l => l.Fault == 0); earlier /= 2) thrown = Struck(probe, call, earlier, code);
            Assert.Equal([call], machine.Log.Where(l => l.Fault == code).Select(l => l.Call));
            if (thrown is not null)
            {
                Assert.True(thrown is CudaException or ProbeSkippedException, $"{call} {nth}, {code}: {thrown}");
                Assert.Contains($"({code})", thrown.Message, StringComparison.Ordinal);
            }
            GC.Collect();
            GC.WaitForPendingFinalizers();
            if (!frees.Contains(call)) Assert.True(CudaDouble.Used() == 0, $"{call} {nth}, {code}: {CudaDouble.Used()} bytes are left");
        }
    }

    [Theory]
    [InlineData(719), InlineData(700), InlineData(214)]
    public void A_kernel_that_breaks_the_context_is_noticed_where_it_is_waited_for(int status)
    {
        foreach (var nth in (int[])[1, 2, 5, 9])
        {
            machine.Behave("lie 2", $"fail gl_stream_triad {nth} {status}").Here();
            Assert.Equal((CUresult)status, Assert.Throws<CudaException>(() => Live("mem.triad")).Status);
        }
    }

    Exception? Struck(string probe, string call, int nth, int code)
    {
        machine.Fail($"{call} {nth} {code}").Record().Here();
        return Record.Exception(() => Live(probe));
    }

    IReadOnlyList<(string Call, int Nth)> Places(string probe)
    {
        if (places.TryGetValue(probe, out var known)) return known;
        machine.Fail().Record().Here();
        Live(probe);
        return places[probe] = Faults.Places(machine.Log.Select(l => l.Call));
    }

    /// <summary>What a worker does with a probe, from the driver's start to its end.</summary>
    void Live(string name)
    {
        var session = CudaSession.Open();
        using var probe = probes[name](session);
        var queued = probe as IQueuedProbe;
        queued?.Begin(paced: false);
        var sink = new SampleSink(ring);
        for (var i = 0; i < 3; i++) probe.Sample(ref sink);
        queued?.End(ref sink);
        ring.Drain([]);
        Assert.Null(probe.Verify());
    }
}
