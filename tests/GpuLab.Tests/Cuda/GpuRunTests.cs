using GpuLab.Control.Mig;
using GpuLab.Results;
using GpuLab.Tests.Mig;

namespace GpuLab.Tests.Cuda;

/// <summary>The built program on a GPU whose driver's libraries are doubles, from a sweep to a report.</summary>
[Collection(nameof(NvmlDouble))]
public sealed class GpuRunTests : IDisposable
{
    readonly CudaDouble machine = new("h200-141gb");

    public void Dispose() => machine.Dispose();

    [Fact]
    public void Blocks_of_a_trace_stay_in_the_folder_and_are_drawn()
    {
        var run = GpuRun.Of(machine, "[7g.141gb, 3g.71gb+2x2g.35gb]", "[{probe: trace.blocks, waves: 3}]", "modes: [solo]");
        Assert.True(run.Exit == 0, run.ToString());
        var blobs = run.Data.Events.OfType<TrialBlob>().ToList();
        Assert.Equal(4, blobs.Count);
        foreach (var blob in blobs)
        {
            var blocks = BlockTrace.Read(Path.Combine(run.Folder, blob.Path));
            Assert.Equal(3 * run.Data.Samples.Last(s => s.Trial == blob.Trial && s.Metric == "sms").Value, blocks.Count);
            Assert.Equal(0, blocks.Min(b => b.StartNs));
        }
        if (Environment.GetEnvironmentVariable("GPULAB_REPORT_FOLDER") is { Length: > 0 } folder) File.Copy(Path.Combine(run.Folder, "report.html"), Path.Combine(folder, "trace.html"), overwrite: true);
        Assert.Contains("Waves of blocks on 7g.141gb@0 of 7g.141gb", File.ReadAllText(Path.Combine(run.Folder, "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void Seven_slices_are_cut_measured_and_reported_and_the_gpu_is_as_it_was_found()
    {
        var control = machine.Nvml.Open();
        control.CreateComputeInstance(control.CreateGpuInstance(9, new(4, 4)).Id, 2, null);
        var found = MigSnapshot.Read(control);
        var run = GpuRun.Of(machine, "[7x1g.18gb]", "[{probe: mem.triad, bytes: 512KiB}, {probe: mem.read, bytes: 1MiB}, {probe: mem.curve, bytes: 64KiB}]", "modes: [solo, concurrent]");
        Assert.True(run.Exit == 0, run.ToString());
        Assert.True(MigSnapshot.Read(machine.Nvml.Open()).SameAs(found));
        var data = run.Data;
        Assert.All(run.Trials, t => Assert.True(t.Status == "ok" && !t.Flags.Contains("wrong-data"), $"{t}"));
        // Three probes: alone on each of seven slices, and together.
        Assert.Equal(3 * 8, run.Trials.Count);
        var slices = data.Samples.Select(s => s.Slice).Distinct().ToList();
        Assert.Equal(7, slices.Count);
        Assert.Equal(7, data.Events.OfType<WorkerEvent>().Count(e => e.What == "started"));
        // Whoever meets these figures can tell what they are of.
        Assert.False(data.Info.Simulated);
        Assert.StartsWith("GpuLab double of NVIDIA H200", data.Info.DeviceName, StringComparison.Ordinal);
        Assert.All(data.Events.OfType<TrialReady>(), r => Assert.Matches("^GpuLab double of NVIDIA H200.* MIG 1g.18gb$", r.Facts["device"]));
        Assert.Contains("GpuLab double of NVIDIA H200", File.ReadAllText(Path.Combine(run.Folder, "report.html")), StringComparison.Ordinal);
        Assert.Contains("7x1g.18gb", run.Output, StringComparison.Ordinal);
        // Each value is work that was counted over time that passed; this processor moves no terabytes a second.
        foreach (var sample in data.Samples)
        {
            var work = data.Plan is var _ && sample.Metric == "bandwidth" ? sample.Value * (sample.EndNs - sample.StartNs) / 1e9 / sample.K : 0;
            Assert.True(new[] { 3 << 19, 1 << 20, 1 << 16 }.Any(w => Math.Abs(work / w - 1) < 0.001), $"{sample}: {work} bytes an operation");
            Assert.InRange(sample.Value, 1e3, 1e12);
        }
        Assert.Contains(run.Trials, t => t.WallSeconds > 0.5);
        // Read while slices work, not only round the trials.
        Assert.All(run.Trials.Where(t => t.WallSeconds > 0.5), t => Assert.True(data.Telemetry.Count(r => r.Trial == t.Trial && r.Field == "power_w") >= 3, t.Trial));
        var span = data.Samples.Max(s => s.EndNs) - data.Samples.Min(s => s.StartNs);
        foreach (var slice in slices) Assert.True(data.Samples.Where(s => s.Slice == slice).Sum(s => s.EndNs - s.StartNs) <= span);
    }

    [Fact]
    public void A_gpu_that_is_not_cut_is_measured_whole()
    {
        machine.Nvml.Open().SetMode(false);
        var run = GpuRun.Of(machine, "[whole]", "[{probe: mem.copy, bytes: 1MiB}, {probe: mem.write, bytes: 2MiB}]", "partitioner: none");
        Assert.True(run.Exit == 0, run.ToString());
        Assert.Equal(["whole"], run.Data.Samples.Select(s => s.Slice).Distinct());
        Assert.All(run.Trials, t => Assert.Equal("ok", t.Status));
    }

    [Fact]
    public void Sustained_arithmetic_counts_after_its_time_under_load_and_keeps_the_clock_of_all_of_it()
    {
        var run = GpuRun.Of(machine, "[2x1g.18gb]", "[{probe: compute.int32, sustained: [0s, 1s]}]", "modes: [solo]\nexclude: [{slice: 1g.18gb@1}]");
        Assert.True(run.Exit == 0, run.ToString());
        Assert.All(run.Trials, t => Assert.True(t.Status == "ok" && !t.Flags.Contains("wrong-data"), $"{t}"));
        var (burst, sustained) = (Trial(0), Trial(1));
        Assert.DoesNotContain(burst, s => s.Phase == Phase.Warmup);
        var before = sustained.Where(s => s.Phase == Phase.Warmup).ToList();
        Assert.True(before[^1].EndNs - before[0].StartNs > 900_000_000, $"{before.Count} samples of warm-up");
        Assert.All(new[] { before, [.. sustained.Where(s => s.Phase == Phase.Solo)] }, phase => Assert.Equal(["clock", "rate"], phase.Select(s => s.Metric).Distinct().Order()));

        List<SampleRow> Trial(double seconds) => [.. run.Data.Samples.Where(s => s.Trial == $"c{run.Data.Plan.Cells.Single(c => c.Parameters["sustained"].Number == seconds).Number}r1")];
    }

    [Fact]
    public void A_worker_that_is_not_where_it_should_be_is_refused_before_anything_is_timed()
    {
        machine.Behave("lie 15");
        var run = GpuRun.Of(machine, "[1g.18gb]", "[{probe: mem.copy, bytes: 1MiB}]");
        Assert.Equal(1, run.Exit);
        Assert.Contains("its sms is 15, not 16", run.Errors, StringComparison.Ordinal);
        Assert.Empty(run.Data.Samples);
        Assert.Empty(machine.Nvml.Open().GetGpuInstances());
    }

    [Fact]
    public void A_whole_gpu_that_is_cut_meanwhile_is_not_mistaken_for_whole()
    {
        // MIG mode is on: CUDA shows no such device under the GPU's own UUID.
        var run = GpuRun.Of(machine, "[whole]", "[{probe: mem.copy, bytes: 1MiB}]", "partitioner: none");
        Assert.Equal(1, run.Exit);
        Assert.Contains("CUDA_ERROR_NO_DEVICE", run.Errors, StringComparison.Ordinal);
    }
}
