using GpuLab.Model;
using GpuLab.Probes;
using GpuLab.Probes.Compute;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Kernels;
using GpuLab.Probes.Launch;
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

    [Fact]
    public void A_kernel_that_breaks_the_context_is_wrong_and_what_follows_is_not_proven()
    {
        machine.Behave("memory 512", "fail gl_chain_fp64 1 700");
        var (exit, output, _) = Run("--checks");
        Assert.Equal(1, exit);
        var result = SelftestJson.Read(Document);
        Assert.True(result.Complete);
        Assert.Equal(SelftestOutcome.Wrong, result.Checks.Single(c => c.Name == "chain.fp64").Outcome);
        Assert.Contains("CUDA_ERROR_ILLEGAL_ADDRESS", result.Checks.Single(c => c.Name == "chain.fp64").Why, StringComparison.Ordinal);
        Assert.Equal(SelftestOutcome.Right, result.Checks.Single(c => c.Name == "chain.fp32").Outcome);
        Assert.Equal((KernelChecks.All.Count, "not run: chain.fp64 broke the context"), (result.Checks.Count, result.Checks[^1].Why));
        Assert.Contains("WRONG  chain.fp64", output, StringComparison.Ordinal);
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
        var result = SelftestRun.Of(session, "gpulab test", DateTimeOffset.UnixEpoch, probes, kept.Add);
        Assert.Equal(["launch.rate/time", "compute.int32/rate"], result.Figures.Take(2).Select(f => f.Metric));
        Assert.All(result.Figures.Take(2), f => Assert.True(f is { Outcome: SelftestOutcome.Right, Samples: >= 10, Value: > 0 }, f.ToString()));
        Assert.True(result.Figures[1].Ceiling > 0);
        Assert.Equal([(SelftestOutcome.NotProven, "of no use"), (SelftestOutcome.Wrong, "gl_chain_fp32 is wrong")], result.Figures.Skip(2).Select(f => (f.Outcome, f.Why)));
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
