using System.Runtime.InteropServices;
using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Memory;
using GpuLab.Running;
using GpuLab.Tests.Mig;

namespace GpuLab.Tests.Cuda;

/// <summary>The memory probes of a GPU, with the kernels on this processor.</summary>
[Collection(nameof(NvmlDouble))]
public sealed unsafe class GpuStreamTests : IDisposable
{
    const int Capacity = 64;

    readonly CudaDouble machine = new CudaDouble("h100-sxm-80gb").Here();
    readonly void* memory = NativeMemory.AllocZeroed((nuint)SampleRing.SizeOf(Capacity));
    readonly SampleRing ring;

    public GpuStreamTests() => ring = new(memory, Capacity);

    public void Dispose()
    {
        NativeMemory.Free(memory);
        machine.Dispose();
    }

    public static TheoryData<string, int> Cells
    {
        get
        {
            var cells = new TheoryData<string, int>();
            // One that no power of two divides, so that every loop has a remainder.
            foreach (var kernel in Enum.GetNames<GpuStreamKernel>())
            {
                foreach (var vectors in (int[])[1, 12345, 1 << 16]) cells.Add(kernel, vectors);
            }
            return cells;
        }
    }

    [Theory, MemberData(nameof(Cells))]
    public void A_probe_samples_without_allocating_and_verifies(string kernel, int vectors)
    {
        var session = CudaSession.Open();
        using var probe = new GpuStreamProbe(session, Enum.Parse<GpuStreamKernel>(kernel), vectors, 42);
        probe.Begin(paced: false);
        var sink = new SampleSink(ring);
        probe.Sample(ref sink);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 4; i++) probe.Sample(ref sink);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        probe.End(ref sink);
        var samples = new List<Sample>();
        ring.Drain(samples);
        Assert.Equal(6, samples.Count);
        Assert.All(samples, s => Assert.True(s is { Metric: 0, Operations: > 0 } && s.End > s.Start && double.IsFinite(s.Value) && s.Value > 0, s.ToString()));
        // Back to back on one stream, in the order in which they were queued.
        Assert.All(samples.Zip(samples.Skip(1)), p => Assert.True(p.Second.Start >= p.First.End - 2 * session.Clock.Uncertainty, $"{p}"));
        Assert.Null(probe.Verify());
        Assert.StartsWith("GpuLab double of", probe.Facts["device"], StringComparison.Ordinal);
        // Without clocks a device has no peak, and none is made up.
        if (kernel == nameof(GpuStreamKernel.HotCopy)) Assert.Null(probe.Ceiling);
        else Assert.True(probe.Ceiling is { Value: double.NaN } unknown && unknown.Source.StartsWith("unknown: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Rests_between_samples_have_no_work_in_them()
    {
        using var probe = new GpuStreamProbe(CudaSession.Open(), GpuStreamKernel.Copy, 1 << 12, 1);
        probe.Begin(paced: true);
        var sink = new SampleSink(ring);
        probe.Sample(ref sink);
        var rest = Monotonic.Now;
        Thread.Sleep(5);
        probe.Sample(ref sink);
        probe.End(ref sink);
        var samples = new List<Sample>();
        ring.Drain(samples);
        Assert.Equal(2, samples.Count);
        Assert.True(samples[1].Start >= rest + 5_000_000, $"{samples[1].Start - rest} ns after the rest began");
    }

    [Theory]
    [InlineData("Write"), InlineData("Copy"), InlineData("Triad")]
    public void One_wrong_byte_is_found_wherever_it_is(string kernel)
    {
        using var probe = new GpuStreamProbe(CudaSession.Open(), Enum.Parse<GpuStreamKernel>(kernel), 1 << 14, 5);
        foreach (var at in (long[])[0, 777_77, (16 << 14) - 1])
        {
            var sink = new SampleSink(ring);
            probe.Sample(ref sink);
            probe.End(ref sink);
            Assert.Null(probe.Verify());
            // The double's device memory is this process's.
            ((byte*)probe.Arrays.C.Address)[at] ^= 1;
            Assert.Contains($"first at {at / 16}", probe.Verify(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_read_that_misses_a_word_is_found()
    {
        using var probe = new GpuStreamProbe(CudaSession.Open(), GpuStreamKernel.Read, 1 << 14, 5);
        ((byte*)probe.Arrays.A.Address)[12345] ^= 0x40;
        var sink = new SampleSink(ring);
        probe.Sample(ref sink);
        probe.End(ref sink);
        Assert.Contains("fold to", probe.Verify(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 3, 4), InlineData(5, 0, 0), InlineData(64, 0, 0)]
    public void A_read_of_any_shape_reads_every_vector_once(int stride, int sms, int warps)
    {
        using var probe = new GpuReadProbe(CudaSession.Open(), 16 * ((1 << 14) + 3), new(stride, sms == 0 ? null : sms, warps), 5);
        Assert.Null(probe.Verify());
        var vectors = ((1 << 14) + 3) / stride * stride;
        Assert.Equal(Units.BytesText(16.0 * vectors), probe.Facts["array"]);
        if (sms > 0) Assert.Equal(("3 of 132, a block that fills it on each", "48KiB"), (probe.Facts["SMs"], probe.Facts["in flight"]));
        foreach (var vector in (int[])[0, vectors / 2, vectors - 1])
        {
            ((byte*)probe.Arrays.A.Address)[16 * vector + 5] ^= 1;
            var sink = new SampleSink(ring);
            probe.Sample(ref sink);
            probe.End(ref sink);
            Assert.Contains("fold to", probe.Verify(), StringComparison.Ordinal);
            ((byte*)probe.Arrays.A.Address)[16 * vector + 5] ^= 1;
        }
    }

    [Fact]
    public void More_SMs_than_there_are_and_strides_between_vectors_are_skips_with_the_reason()
    {
        Assert.Contains("this slice has 132", Assert.Throws<ProbeSkippedException>(() => new GpuReadProbe(CudaSession.Open(), 1 << 20, new(1, 133, 4), 5)).Message, StringComparison.Ordinal);
        var odd = new Parameters(KeyValuePair.Create("stride", ParameterValue.Bytes(24)));
        Assert.Contains("no multiple of 16", Assert.Throws<ProbeSkippedException>(() => new GpuRead(MemoryInfo.Stride).Prepare(new("s", [], odd, 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_stays_in_the_L2_is_not_passed_off_as_memory()
    {
        using var small = new GpuStreamProbe(CudaSession.Open(), GpuStreamKernel.Copy, 1024, 5);
        using var large = new GpuStreamProbe(CudaSession.Open(), GpuStreamKernel.Copy, 1 << 16, 5);
        Assert.Equal((SampleFlags.WrongState, SampleFlags.None), (Flag(small), Flag(large)));
        Assert.StartsWith("not streaming", small.Facts["caches"], StringComparison.Ordinal);

        SampleFlags Flag(GpuStreamProbe probe)
        {
            var sink = new SampleSink(ring);
            probe.Sample(ref sink);
            var samples = new List<Sample>();
            ring.Drain(samples);
            return samples[0].Flags;
        }
    }

    [Fact]
    public void Short_operations_are_batched_by_the_step_of_the_clock()
    {
        // Of half a millisecond: a hundred of them are far more than one copy takes.
        machine.Behave("step 524288").Here();
        using var probe = new GpuStreamProbe(CudaSession.Open(), GpuStreamKernel.Copy, 1 << 10, 5);
        Assert.True(int.Parse(probe.Facts["batch"], System.Globalization.CultureInfo.InvariantCulture) > 1);
    }

    [Fact]
    public void Arrays_that_do_not_fit_are_a_skip_that_says_what_is_free()
    {
        machine.Behave("memory 8").Here();
        var skip = Assert.Throws<ProbeSkippedException>(() => new GpuStreamProbe(CudaSession.Open(), GpuStreamKernel.Triad, 1 << 18, 5));
        Assert.Contains("are free", skip.Message, StringComparison.Ordinal);
        Assert.Contains(Pretty.Bytes(8 << 20), skip.Message, StringComparison.Ordinal);
    }
}
