using System.Runtime.InteropServices;
using GpuLab.Model;
using GpuLab.Probes;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Link;
using GpuLab.Results;
using GpuLab.Running;
using GpuLab.Statistics;
using GpuLab.Tests.Mig;

namespace GpuLab.Tests.Cuda;

/// <summary>What is particular to the probes of the link; that all of them sample and verify is in <see cref="GpuProbeTests"/>.</summary>
[Collection(nameof(NvmlDouble))]
public sealed unsafe class GpuLinkTests : IDisposable
{
    const int Capacity = 64;

    readonly CudaDouble machine = new("h200-141gb");
    readonly void* memory = NativeMemory.AllocZeroed((nuint)SampleRing.SizeOf(Capacity));
    readonly SampleRing ring;

    public GpuLinkTests() => ring = new(memory, Capacity);

    public static TheoryData<string> Names => [.. NvbandwidthTest.All.Select(t => t.Name)];

    public void Dispose()
    {
        NativeMemory.Free(memory);
        machine.Dispose();
    }

    [Theory, MemberData(nameof(Names))]
    public void A_test_of_nvbandwidth_counts_sixteen_copies_in_whole_microseconds(string name)
    {
        machine.Here();
        var test = NvbandwidthTest.Of(name);
        using var probe = new NvbandwidthProbe(CudaSession.Open(), test, 3 << 20, 5);
        // A round of all threads of the SMs is what their copies are cut to.
        var round = 132L * 512 * 16 * (test.Both ? 2 : 1);
        Assert.Equal(Units.BytesText(test.BySms ? (3 << 20) / round * round : 3 << 20), probe.Facts["bytes"]);
        var bytes = test.BySms ? (3 << 20) / round * round : 3 << 20;
        Assert.All(Sampled(probe, 2), s =>
        {
            Assert.Equal(16, s.Operations);
            var microseconds = (s.End - s.Start) / 1000;
            // The end of a sample is that of its start cut to nanoseconds.
            double[] possible = [.. new[] { microseconds, microseconds + 1 }.Select(us => Math.Floor(bytes * 16 * 1e6 / us) / (test is { BySms: true, Both: true } ? 2 : 1))];
            Assert.Contains(s.Value, possible);
        });
        Assert.Null(probe.Verify());
        // The last vector, wherever it is.
        ((byte*)probe.Measured.To.Address)[probe.Measured.Bytes - 1] ^= 1;
        Assert.Contains("1 of", probe.Verify(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_timed_was_queued_while_the_stream_was_held()
    {
        machine.Record().Here();
        using var probe = new NvbandwidthProbe(CudaSession.Open(), NvbandwidthTest.Of("host_to_device_bidirectional_memcpy_ce"), 1 << 16, 5);
        var before = machine.Log.Count;
        Sampled(probe, 1);
        var calls = machine.Log.Skip(before).Select(l => l.Call).Where(c => c is "cuLaunchKernel" or "cuMemcpyHtoDAsync_v2" or "cuMemcpyDtoHAsync_v2" or "cuStreamWaitEvent" or "cuStreamSynchronize").ToList();
        // Two streams: held, four copies each, the second waits for the first's start, sixteen copies each, and only then is anything waited for.
        string[] up = [.. Enumerable.Repeat("cuMemcpyHtoDAsync_v2", 4)], down = [.. Enumerable.Repeat("cuMemcpyDtoHAsync_v2", 4)];
        Assert.Equal(["cuLaunchKernel", .. up, "cuLaunchKernel", .. down, "cuStreamWaitEvent", .. up, .. up, .. up, .. up, .. down, .. down, .. down, .. down, "cuStreamSynchronize", "cuStreamSynchronize"], calls);
    }

    [Fact]
    public void A_wrong_byte_of_a_copy_by_the_SMs_is_found()
    {
        machine.Here();
        using var probe = new SmBothWaysProbe(CudaSession.Open(), 4096, 5);
        Assert.Null(probe.Verify());
        probe.Down.Host[4095] ^= 8;
        Assert.StartsWith("to the host: byte 4095", probe.Verify(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_SMs_cannot_copy_is_a_skip_with_the_reason()
    {
        machine.Here();
        Assert.Contains("no multiple", Assert.Throws<ProbeSkippedException>(() => new GpuCopyProbe(CudaSession.Open(), 100_003, true, true, 5, bySms: true)).Message, StringComparison.Ordinal);
        var pageable = new Parameters(KeyValuePair.Create("memory", ParameterValue.Of("pageable")), KeyValuePair.Create("by", ParameterValue.Of("sm")));
        Assert.Contains("pinned memory", Assert.Throws<ProbeSkippedException>(() => Catalogue.For(DeviceKind.Gpu, "link.h2d")!.Prepare(new("s", [], pageable, 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_below_what_the_slot_has_is_read_while_copying_kept_and_found()
    {
        machine.Nvml.Write("health", "link-generation 3\nlink-width 8");
        var run = GpuRun.Of(machine, "[2x1g.18gb]", "[{probe: link.h2d, bytes: 256KiB, by: [ce, sm]}, {probe: mem.read, bytes: 256KiB}, {probe: link.bidir, bytes: 64KiB}]", "modes: [solo]\nexclude: [{slice: 1g.18gb@1}]");
        Assert.True(run.Exit == 0, run.ToString());
        var copies = run.Data.Plan.Cells.Where(c => c.Probe == "link.h2d").Select(c => c.Number).ToList();
        Assert.Equal(2, copies.Count);
        foreach (var cell in copies)
        {
            var kept = run.Data.Telemetry.Where(r => CellEvidences.TrialId(r.Trial)?.Cell == cell).ToLookup(r => r.Field, r => r.Value);
            Assert.All(kept["link_generation"], v => Assert.Equal(3, v));
            Assert.All(kept["link_lanes_most"], v => Assert.Equal(16, v));
            Assert.NotEmpty(kept["link_generation"]);
        }
        var findings = Analyzer.Analyze(run.Data, Catalogue.Probes).Findings;
        // Of the link's three cells, and of no other.
        Assert.Equal(3, findings.Count(f => f is { Gate: "link-width", Severity: Severity.Suspect } && f.Message.Contains("8 of 16 lanes", StringComparison.Ordinal)));
        Assert.Equal(3, findings.Count(f => f.Gate == "link-generation" && f.Message.Contains("generation 3 of 5", StringComparison.Ordinal)));
        Assert.Contains(findings, f => f.Gate == "one-copy-engine" && f.Message.Contains("1 slice (1g.18gb@0)", StringComparison.Ordinal));
    }

    [Fact]
    public void The_sweep_that_ships_runs_at_sizes_that_a_processor_copies()
    {
        machine.Nvml.Open().SetMode(false);
        var text = Sweeps.Repository.Text("scripts/sweeps/gpu-link.yaml");
        foreach (var (from, to) in new[] { ("to: 1GiB", "to: 1MiB"), ("512MiB", "1MiB"), ("repeats: 3", "repeats: 1\nmin_samples: 3\nmin_time: 10ms\nwarmup: 0s"), ("max_time: 1s ", "max_time: 50ms "), ("64MiB", "64KiB") })
        {
            Assert.Contains(from, text, StringComparison.Ordinal);
            text = text.Replace(from, to, StringComparison.Ordinal);
        }
        var sweep = Path.Combine(machine.Folder, "link.yaml");
        File.WriteAllText(sweep, text);
        var folder = Path.Combine(machine.Folder, "run");
        var (exit, output, errors) = machine.Nvml.Run("run", sweep, "--out", folder);
        Assert.True(exit == 0, output + errors);
        var data = RunFolderReader.Read(folder);
        Assert.All(data.Events.OfType<TrialDone>(), t => Assert.True(t.Status == "ok" && !t.Flags.Contains("wrong-data"), $"{t}"));
        Assert.Equal(NvbandwidthTest.All.Count, data.Plan.Cells.Count(c => c.Probe == "link.nvbandwidth"));
        Assert.Contains("T = a + N", File.ReadAllText(Path.Combine(folder, "report.html")), StringComparison.Ordinal);
    }

    List<Sample> Sampled(NvbandwidthProbe probe, int count)
    {
        var sink = new SampleSink(ring);
        for (var i = 0; i < count; i++) probe.Sample(ref sink);
        var samples = new List<Sample>();
        ring.Drain(samples);
        return samples;
    }
}
