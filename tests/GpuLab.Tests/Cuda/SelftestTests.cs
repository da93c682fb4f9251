using GpuLab.Model;
using GpuLab.Probes;
using GpuLab.Probes.Compute;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Kernels;
using GpuLab.Probes.Launch;
using GpuLab.Probes.Link;
using GpuLab.Probes.Selftest;
using GpuLab.Reports.Html;
using GpuLab.Results;
using GpuLab.Running;
using GpuLab.Tests.Mig;

namespace GpuLab.Tests.Cuda;

/// <summary>The selftest as a user runs it, with the kernels on this processor.</summary>
[Collection(nameof(NvmlDouble))]
public sealed class SelftestTests : IDisposable
{
    readonly CudaDouble machine = new CudaDouble("h20-96gb").Behave("memory 512").Here();
    readonly string folder = Directory.CreateTempSubdirectory("selftest").FullName;

    string Document => Path.Combine(folder, "selftest.json");

    public void Dispose()
    {
        Directory.Delete(folder, recursive: true);
        machine.Dispose();
    }

    [Fact]
    public void Every_check_is_run_and_what_has_no_host_build_is_said_to_be_not_proven()
    {
        using var two = new CudaDouble("h20-96gb", "h20-96gb").Behave("memory 512").Here();
        two.Nvml.Open(1).SetMode(false);
        var (exit, output, errors) = Run(two, "--on", "gpu:1", "--checks");
        Assert.True(exit == 0, output + errors);
        var result = SelftestJson.Read(Document);
        Assert.True(result.Complete);
        Assert.Equal(two.Nvml.Uuids[1], $"GPU-{result.Device.Uuid}");
        Assert.Equal((78, "0-77"), (result.Device.Sms, result.Device.SmNumbers));
        Assert.Equal(KernelModules.All, result.Modules.Select(m => m.Name));
        Assert.All(result.Modules, m => Assert.Null(m.Problem));
        Assert.Equal(KernelChecks.All.Select(c => c.Name), result.Checks.Select(c => c.Name));
        Assert.All(result.Checks, c => Assert.Equal(c.Name.StartsWith("warpgroup.", StringComparison.Ordinal) ? SelftestOutcome.NotProven : SelftestOutcome.Right, c.Outcome));
        Assert.Contains("not proven  warpgroup.bf16", output, StringComparison.Ordinal);
        Assert.True(result.Clocks is { TimerStepNs: > 0, EventStepNs: >= 1, SmClockHz: > 1e8 });
        var page = File.ReadAllText(Path.Combine(folder, "selftest.html"));
        Assert.Contains("Not proven here", page, StringComparison.Ordinal);
        Assert.Contains("storm.fence", page, StringComparison.Ordinal);
    }

    [Fact]
    public void An_old_driver_leaves_modules_not_proven_and_the_rest_right()
    {
        machine.Behave("memory 512", "driver 11080");
        var (exit, output, errors) = Run("--checks");
        Assert.True(exit == 0, output + errors);
        var result = SelftestJson.Read(Document);
        Assert.Equal([null, null, "PTX 8.4", "PTX 8.0"], result.Modules.Select(m => m.Problem is null ? null : m.Problem.Contains("PTX 8.4", StringComparison.Ordinal) ? "PTX 8.4" : "PTX 8.0"));
        Assert.All(result.Checks, c => Assert.Equal(c.Kernels[0] is "gl_tensor_fp8" || c.Name.StartsWith("warpgroup.", StringComparison.Ordinal) ? SelftestOutcome.NotProven : SelftestOutcome.Right, c.Outcome));
    }

    [Theory]
    [InlineData("fail gl_chain_fp64 1 700", "CUDA_ERROR_ILLEGAL_ADDRESS (700)")]
    [InlineData("die gl_chain_fp64 1", "the process was killed by signal 9")]
    [InlineData("hang gl_chain_fp64 1", "it did not end within 3 s and was ended")]
    public void A_kernel_that_breaks_its_context_dies_or_hangs_costs_its_check_alone(string behaviour, string said)
    {
        machine.Behave("memory 512", behaviour);
        var (exit, output, _) = Run("--checks", "--step-timeout", "3");
        Assert.Equal(1, exit);
        var result = SelftestJson.Read(Document);
        Assert.True(result is { Complete: true, Doing: null, Wrong: 1 }, output);
        var broken = result.Checks.Single(c => c.Outcome == SelftestOutcome.Wrong);
        Assert.Equal("chain.fp64", broken.Name);
        Assert.Contains(said, broken.Why, StringComparison.Ordinal);
        Assert.EndsWith("what follows was done in a fresh process", broken.Why, StringComparison.Ordinal);
        Assert.Equal(KernelChecks.All.Select(c => c.Name), result.Checks.Select(c => c.Name));
        Assert.Equal(KernelModules.All, result.Modules.Select(m => m.Name));
        Assert.All(result.Checks.Where(c => c != broken), c => Assert.Equal(c.Name.StartsWith("warpgroup.", StringComparison.Ordinal) ? SelftestOutcome.NotProven : SelftestOutcome.Right, c.Outcome));
        Assert.Contains("WRONG  chain.fp64", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gpu_that_does_not_come_back_leaves_the_rest_not_proven_with_the_reason()
    {
        var session = CudaSession.Open();
        var begun = SelftestRun.GoOn(session, SelftestRun.Begin(session, "gpulab test", DateTimeOffset.UnixEpoch), [], _ => { });
        Assert.True(begun.Complete);
        var lost = begun with { Complete = false, Checks = [.. begun.Checks.Take(5)] };
        var result = SelftestSteps.GivenUp(lost, figures: true, "CUDA_ERROR_DEVICE_UNAVAILABLE (46)");
        Assert.True(result.Complete);
        Assert.Equal(KernelChecks.All.Count, result.Checks.Count);
        Assert.All(result.Checks.Skip(5), c => Assert.Equal((SelftestOutcome.NotProven, "not run: CUDA_ERROR_DEVICE_UNAVAILABLE (46)"), (c.Outcome, c.Why)));
        Assert.Equal(Catalogue.OfGpus.Select(p => p.Info.Id), result.Figures.Select(f => f.Probe));
    }

    [Fact]
    public void The_timer_of_two_processes_is_compared_as_it_is()
    {
        Assert.Equal(0, Run("--checks").Exit);
        var same = SelftestJson.Read(Document).Timer!;
        Assert.True(same is { Common: true, WithinNs: > 0 } && Math.Abs(same.DifferenceNs) <= same.WithinNs, $"{same}");
        machine.Behave("memory 512", "ahead 1000000000");
        var (exit, output, _) = Run("--checks");
        Assert.Equal(0, exit);
        var apart = SelftestJson.Read(Document).Timer!;
        Assert.True(apart is { Common: false } && Math.Abs(apart.DifferenceNs) > 0.9e9, $"{apart}");
        Assert.Contains("NOT common to two processes", output, StringComparison.Ordinal);
        Assert.Contains("NOT common to two processes", File.ReadAllText(Path.Combine(folder, "selftest.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void Timers_that_drift_from_the_host_are_compared_at_one_moment()
    {
        // 100 parts per million fast: 100 µs further ahead after a second.
        TimerLook before = new(0, 5_000_000, 900), after = new(1_000_000_000, 1_005_100_000, 700), other = new(500_000_000, 505_050_500, 800);
        Assert.Equal(new(true, null, 500, 1700), SharedTimer.Compared(before, other, after));
        Assert.Equal(false, SharedTimer.Compared(before, other with { Timer = 505_060_000 }, after).Common);
        Assert.True(TimerLook.TryParse(other.ToString(), out var read));
        Assert.Equal(other, read);
        Assert.False(TimerLook.TryParse(null, out _));
    }

    [Fact]
    public void A_second_context_that_cannot_be_had_leaves_the_timer_not_proven()
    {
        // This process read the faults before; they are the other's.
        machine.Fail("cuDevicePrimaryCtxRetain 1 46 always").Behave("memory 512");
        Environment.SetEnvironmentVariable("GPULAB_DOUBLE", machine.Folder);
        try
        {
            var timer = SharedTimer.Measure(CudaSession.Open());
            Assert.Null(timer.Common);
            Assert.Contains("a second process could not look: cuDevicePrimaryCtxRetain", timer.Why, StringComparison.Ordinal);
            Assert.Contains("CUDA_ERROR_DEVICE_UNAVAILABLE (46)", timer.Why, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("GPULAB_DOUBLE", null);
        }
    }

    [Theory]
    [InlineData("32.0 GT/s PCIe", "16", 1, 63.0)]
    [InlineData("16.0 GT/s PCIe", "8", 1, 15.75)]
    [InlineData("5.0 GT/s PCIe", "16", 2, 16.0)]
    public void The_ceiling_of_a_link_is_its_line_rate(string speed, string lanes, int ways, double gigabytes)
    {
        var place = Directory.CreateDirectory(Path.Combine(folder, "sys/bus/pci/devices/0000:3b:00.0")).FullName;
        File.WriteAllText(Path.Combine(place, "current_link_speed"), speed);
        File.WriteAllText(Path.Combine(place, "current_link_width"), lanes);
        Assert.Equal(gigabytes, LinkPeak.Of(new(folder), "0000:3B:00.0", ways).Value / 1e9, 0.02);
        var unknown = LinkPeak.Of(new(folder), "0000:3C:00.0", ways);
        Assert.True(double.IsNaN(unknown.Value) && unknown.Source.StartsWith("unknown: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_driver_that_can_nothing_is_written_and_the_reason_is_said()
    {
        machine.Behave("driver 11030");
        var (exit, _, errors) = Run("--checks");
        Assert.Equal(1, exit);
        Assert.Contains("CUDA 11.4 (R470) or newer", errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Document));
        Assert.Equal(2, Run("--on", "host").Exit);
        Assert.Equal(1, Run("--on", "gpu:7").Exit);
    }

    [Fact]
    public void Figures_come_with_their_ceilings_and_what_cannot_be_taken_says_why()
    {
        var session = CudaSession.Open();
        IProbe[] probes =
        [
            new Made("launch.rate", () => new LaunchRateProbe(session, 0)),
            new Made("compute.int32", () => new GpuComputeProbe(session, "int32", [GpuComputeLoops.Int32], 5)),
            new Made("compute.fp8", () => throw new ProbeSkippedException("of no use")),
            new Made("compute.fp32", () => throw new InvalidOperationException("gl_chain_fp32 is wrong")),
        ];
        var kept = new List<SelftestResult>();
        var result = SelftestRun.GoOn(session, SelftestRun.Begin(session, "gpulab test", DateTimeOffset.UnixEpoch), probes, kept.Add);
        Assert.Equal(["launch.rate/time", "compute.int32/rate", "compute.int32/clock"], result.Figures.Take(3).Select(f => f.Metric));
        Assert.All(result.Figures.Take(3), f => Assert.True(f is { Outcome: SelftestOutcome.Right, Samples: >= 10, Value: > 0 }, f.ToString()));
        Assert.True(result.Figures[1].Ceiling > 0);
        Assert.Equal([(SelftestOutcome.NotProven, "of no use"), (SelftestOutcome.Wrong, "gl_chain_fp32 is wrong")], result.Figures.Skip(3).Select(f => (f.Outcome, f.Why)));
        Assert.Equal(kept[^1], result);
        Assert.True(kept.Count > KernelChecks.All.Count && !kept[^2].Complete);
        var written = Path.Combine(folder, "again.json");
        SelftestJson.Write(written, result);
        Assert.Equal(SelftestPage.Render(result), SelftestPage.Render(SelftestJson.Read(written)));
    }

    (int Exit, string Output, string Errors) Run(params string[] arguments) => Run(machine, arguments);

    (int Exit, string Output, string Errors) Run(CudaDouble on, params string[] arguments) => on.Nvml.Run(["selftest", "--out", folder, .. arguments]);

    /// <summary>A probe of the catalogue that is prepared otherwise.</summary>
    sealed class Made(string id, Func<IPreparedProbe> make) : IProbe
    {
        public ProbeInfo Info => Catalogue.Probes.Single(p => p.Id == id);

        public IPreparedProbe Prepare(ProbeRequest request) => make();
    }
}
