using GpuLab.Model;
using GpuLab.Probes.Host;
using GpuLab.Running;

namespace GpuLab.Tests.Probes;

/// <summary>Probes pin threads and share a pool of memory, so their tests take turns.</summary>
[CollectionDefinition(nameof(HostProbes), DisableParallelization = true)]
public sealed class HostProbes;

[Collection(nameof(HostProbes))]
public sealed class HostProbeTests
{
    static readonly ParameterValue Small = ParameterValue.Bytes(1 << 20);

    /// <summary>Every probe, on one thread and on all.</summary>
    public static TheoryData<string, double, int> Cells()
    {
        var cells = new TheoryData<string, double, int>();
        foreach (var threads in new[] { 1, Bench.Cpus.Count }.Distinct())
        {
            foreach (var id in (string[])["mem.read", "mem.write", "mem.copy", "mem.triad"])
            {
                // The smallest, one that no power of two divides, and one walked in several windows.
                foreach (var bytes in (double[])[64 << 10, 12345 * 4096, 160 << 20]) cells.Add(id, bytes, threads);
            }
            foreach (var bytes in (double[])[64 << 10, 3 << 20]) cells.Add("mem.curve", bytes, threads);
            foreach (var bytes in (double[])[4 << 10, 6 << 20]) cells.Add("lat.chase", bytes, threads);
            foreach (var id in (string[])["compute.fp64", "compute.fp32", "launch.sync"]) cells.Add(id, 0, threads);
            foreach (var bytes in (double[])[64 << 10, 5 << 20]) cells.Add("load.file", bytes, threads);
        }
        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Every_probe_samples_plausible_values_without_allocating_and_verifies(string id, double bytes, int threads)
    {
        using var bench = new Bench();
        using var probe = bytes > 0 ? bench.Prepare(id, threads, ("bytes", ParameterValue.Bytes(bytes))) : bench.Prepare(id, threads);
        bench.Take(probe, 1);
        var sink = new SampleSink(bench.Ring);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 8; i++) probe.Sample(ref sink);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        var samples = new List<Sample>();
        bench.Ring.Drain(samples);
        Assert.Equal(8, samples.Count);
        Assert.All(samples, s => Assert.True(s is { Metric: 0, Operations: > 0, Flags: SampleFlags.None } && s.End > s.Start && double.IsFinite(s.Value) && s.Value > 0, s.ToString()));
        Assert.Null(probe.Verify());
        Assert.NotEmpty(probe.Facts);
        if (probe.Ceiling is { } ceiling) Assert.True(ceiling.Value > 0 && ceiling.Source.StartsWith("measured:", StringComparison.Ordinal));
    }

    [Fact]
    public void Probes_of_small_sizes_batch_operations_into_one_region()
    {
        using var bench = new Bench();
        foreach (var id in (string[])["mem.read", "mem.curve", "lat.chase"])
        {
            using var probe = bench.Prepare(id, 1, ("bytes", ParameterValue.Bytes(64 << 10)));
            Assert.All(bench.Take(probe, 3), s => Assert.True(s.Operations >= 10, s.ToString()));
        }
    }

    [Theory]
    [InlineData(StreamKernel.Write)]
    [InlineData(StreamKernel.Copy)]
    [InlineData(StreamKernel.Triad)]
    [InlineData(StreamKernel.HotCopy)]
    internal unsafe void A_wrong_element_in_a_written_array_is_found(StreamKernel kernel)
    {
        using var bench = new Bench();
        using var probe = StreamProbe.Prepare(kernel, bench.Request(1, ("bytes", Small)));
        bench.Take(probe, 1);
        Assert.Null(probe.Verify());
        probe.Work.C[777] += 1;
        Assert.Contains("777", probe.Verify(), StringComparison.Ordinal);
    }

    [Fact]
    public void Segments_that_no_sample_wrote_still_hold_the_poison()
    {
        using var bench = new Bench();
        using var probe = StreamProbe.Prepare(StreamKernel.Copy, bench.Request(1, ("bytes", Small)));
        unsafe
        {
            for (var page = 0; page < (1 << 20) / 4096; page++) Assert.Equal(StreamData.Poison, probe.Work.C[page * StreamWork.Page]);
        }
    }

    [Fact]
    public unsafe void A_wrong_element_in_a_read_array_is_found()
    {
        using var bench = new Bench();
        using var probe = StreamProbe.Prepare(StreamKernel.Read, bench.Request(1, ("bytes", Small)));
        probe.Work.A[4321] += 1;
        bench.Take(probe, 1);
        Assert.NotNull(probe.Verify());
        probe.Work.A[4321] -= 1;
    }

    [Fact]
    public unsafe void A_line_of_the_chase_that_points_elsewhere_is_found()
    {
        using var bench = new Bench();
        using var probe = ChaseProbe.Prepare(bench.Request(1, ("bytes", Small)));
        bench.Take(probe, 1);
        Assert.Null(probe.Verify());
        var line = (void**)(probe.Memory + 100 * ChaseCycle.Line);
        var right = *line;
        *line = probe.Memory + (right == probe.Memory ? ChaseCycle.Line : 0);
        Assert.NotNull(probe.Verify());
        *line = right;
    }

    [Fact]
    public unsafe void A_chase_visits_every_line_exactly_once_a_lap()
    {
        const int Lines = 4099;
        var memory = new byte[Lines * ChaseCycle.Line];
        fixed (byte* start = memory)
        {
            ChaseCycle.Build(start, Lines, 7);
            var seen = new HashSet<nint>();
            var p = (void**)start;
            for (var i = 0; i < Lines; i++, p = (void**)*p) Assert.True(seen.Add((nint)p));
            Assert.Null(ChaseCycle.Wrong(start, Lines, Lines));
            Assert.Equal((nint)ChaseCycle.Walk((void**)start, 32 * Lines), (nint)start);
        }
    }

    [Fact]
    public unsafe void A_wrong_lane_of_the_multiply_adds_is_found()
    {
        using var bench = new Bench();
        foreach (var variants in new[] { FmaVariant.Fp64, FmaVariant.Fp32 })
        {
            using var probe = ComputeProbe.Prepare(variants, bench.Request(1));
            bench.Take(probe, 1);
            Assert.Null(probe.Verify());
            new Span<byte>(probe.Work.State(0), FmaVariant.StateBytes).Clear();
            Assert.NotNull(probe.Verify());
        }
    }

    [Fact]
    public unsafe void A_wrong_byte_of_a_file_is_found()
    {
        using var bench = new Bench();
        using var probe = FileProbe.Prepare(bench.Request(1, ("bytes", Small)));
        bench.Take(probe, 1);
        Assert.Null(probe.Verify());
        probe.Memory[5 * 4096 + 6] ^= 1;
        Assert.Contains("page 5", probe.Verify(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_partner_that_misses_a_call_is_found()
    {
        using var bench = new Bench();
        using var probe = WakeProbe.Prepare(bench.Request(1));
        bench.Take(probe, 1);
        probe.Forget();
        Assert.NotNull(probe.Verify());
    }

    [Fact]
    public void A_cold_file_is_either_read_with_an_empty_page_cache_or_skipped_with_the_file_system_named()
    {
        using var bench = new Bench();
        try
        {
            using var probe = bench.Prepare("load.file", 1, ("bytes", Small), ("cache", ParameterValue.Of("cold")));
            Assert.All(bench.Take(probe, 3), s => Assert.Equal(SampleFlags.None, s.Flags));
            Assert.Null(probe.Verify());
            Assert.StartsWith("0 of 256 pages", probe.Facts["resident"], StringComparison.Ordinal);
        }
        catch (ProbeSkippedException e)
        {
            Assert.Contains(FileSystems.Of(Path.GetTempPath()), e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_on_tmpfs_cannot_be_read_cold()
    {
        Assert.Equal("tmpfs", FileSystems.Of("/dev/shm"));
        using var bench = new Bench();
        var request = bench.Request(1, ("bytes", Small), ("cache", ParameterValue.Of("cold"))) with { Scratch = "/dev/shm" };
        Assert.Contains("tmpfs", Assert.Throws<ProbeSkippedException>(() => FileProbe.Prepare(request)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arrays_beyond_half_of_the_memory_are_skipped()
    {
        using var bench = new Bench();
        var bytes = ParameterValue.Bytes((double)(1L << 44));
        var e = Assert.Throws<ProbeSkippedException>(() => bench.Prepare("mem.triad", 1, ("bytes", bytes)));
        Assert.Contains("48.00 TiB", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_comes_back_with_what_it_held()
    {
        int[] cpus = [Bench.Cpus[0]];
        nint first;
        using (var block = HostMemory.Rent(1 << 20, cpus, "test of the pool"))
        {
            block.Content = "test of the pool";
            unsafe { first = (nint)block.Start; }
            Assert.Equal(0, first % (nint)HostMemory.HugePage);
        }
        using var again = HostMemory.Rent(1 << 20, cpus, "test of the pool");
        unsafe { Assert.Equal(first, (nint)again.Start); }
        Assert.Equal("test of the pool", again.Content);
    }

    [Fact]
    public void A_team_runs_its_work_once_on_each_processor_also_after_it_slept()
    {
        var team = Team.For(Bench.Cpus);
        var work = new Counting(team.Count);
        for (var round = 1; round <= 200; round++)
        {
            if (round % 100 == 0) Thread.Sleep(20);
            team.Run(work);
            Assert.All(work.Runs, runs => Assert.Equal(round, runs));
        }
    }

    [Fact]
    public void A_failure_on_another_thread_reaches_the_caller()
    {
        var team = Team.For([Bench.Cpus[0], Bench.Cpus[^1]]);
        Assert.Throws<InvalidOperationException>(() => team.Run(new Failing()));
        team.Run(new Counting(team.Count));
    }

    sealed class Counting(int threads) : TeamWork
    {
        public int[] Runs { get; } = new int[threads];

        public override void Run(int thread) => Runs[thread]++;
    }

    sealed class Failing : TeamWork
    {
        public override void Run(int thread)
        {
            if (thread > 0) throw new ArithmeticException("planted");
        }
    }
}
