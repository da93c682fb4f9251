using System.Runtime.InteropServices;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Memory;
using GpuLab.Running;
using GpuLab.Tests.Mig;

namespace GpuLab.Tests.Cuda;

/// <summary>Every status at every call of a worker's life: the probe fails or skips with the status in its reason, and what it allocated is freed.</summary>
[Collection(nameof(NvmlDouble))]
public sealed unsafe class CudaFaultTests : IDisposable
{
    /// <summary>These free; where one fails, what it should have freed stays.</summary>
    static readonly string[] frees = ["cuMemFree_v2", "cuCtxSetCurrent"];

    readonly CudaDouble machine = new("h100-sxm-80gb");
    readonly void* memory = NativeMemory.AllocZeroed((nuint)SampleRing.SizeOf(64));
    readonly SampleRing ring;

    public CudaFaultTests() => ring = new(memory, 64);

    public void Dispose()
    {
        NativeMemory.Free(memory);
        machine.Dispose();
    }

    public static TheoryData<int> Codes => [.. Enum.GetValues<CUresult>().Where(c => c != CUresult.Success).Select(c => (int)c)];

    [Theory, MemberData(nameof(Codes))]
    public void A_status_that_strikes_once_at_any_call_is_the_reason_and_leaks_nothing(int code)
    {
        // Two multiprocessors: every launch runs all threads of a grid, one after another.
        machine.Behave("lie 2").Fail().Record().Here();
        Live();
        var calls = machine.Log.Select(l => l.Call).ToList();
        // All codes at all calls take long; here every call meets one code, and every code some calls.
        var codes = Enum.GetValues<CUresult>().Where(c => c != CUresult.Success).Select(c => (int)c).ToList();
        var stride = Thorough.Wanted ? 1 : codes.Count;
        for (var nth = Thorough.Wanted ? 0 : codes.IndexOf(code); nth < calls.Count; nth += stride)
        {
            var of = calls.Take(nth + 1).Count(c => c == calls[nth]);
            machine.Fail($"{calls[nth]} {of} {code}").Record().Here();
            var thrown = Record.Exception(Live);
            var struck = machine.Log.Where(l => l.Fault == code).Select(l => l.Call).ToList();
            if (struck.Count == 0) continue;
            Assert.Equal([calls[nth]], struck);
            if (thrown is not null)
            {
                Assert.True(thrown is CudaException or ProbeSkippedException, $"{calls[nth]} {of}, {code}: {thrown}");
                Assert.Contains($"({code})", thrown.Message, StringComparison.Ordinal);
            }
            GC.Collect();
            GC.WaitForPendingFinalizers();
            if (!frees.Contains(calls[nth])) Assert.True(CudaDouble.Used() == 0, $"{calls[nth]} {of}, {code}: {CudaDouble.Used()} bytes are left");
        }
    }

    [Theory]
    [InlineData(719), InlineData(700), InlineData(214)]
    public void A_kernel_that_breaks_the_context_is_noticed_where_it_is_waited_for(int status)
    {
        foreach (var nth in (int[])[1, 2, 5, 9])
        {
            machine.Behave("lie 2", $"fail gl_stream_triad {nth} {status}").Here();
            Assert.Equal((CUresult)status, Assert.Throws<CudaException>(Live).Status);
        }
    }

    /// <summary>What a worker does with a probe, from the driver's start to its end.</summary>
    void Live()
    {
        var session = CudaSession.Open();
        using var probe = new GpuStreamProbe(session, GpuStreamKernel.Triad, 500, 3);
        probe.Begin(paced: false);
        var sink = new SampleSink(ring);
        for (var i = 0; i < 3; i++) probe.Sample(ref sink);
        probe.End(ref sink);
        ring.Drain([]);
        Assert.Null(probe.Verify());
    }
}
