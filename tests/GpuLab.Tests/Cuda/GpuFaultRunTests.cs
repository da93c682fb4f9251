using GpuLab.Results;
using GpuLab.Tests.Mig;

namespace GpuLab.Tests.Cuda;

/// <summary>What a run makes of a driver that fails: every planned trial has its record, with the reason, and the rest is measured.</summary>
[Collection(nameof(NvmlDouble))]
public sealed class GpuFaultRunTests : IDisposable
{
    const string Probes = "[{probe: mem.copy, bytes: 1MiB}, {probe: mem.write, bytes: 1MiB}]";

    readonly CudaDouble machine = new("h200-141gb");

    public void Dispose() => machine.Dispose();

    /// <summary>Calls of a worker from its first to its last, each once.</summary>
    [Theory]
    [InlineData("cuInit 1 999")]
    [InlineData("cuDeviceGetUuid_v2 1 801")]
    [InlineData("cuDevicePrimaryCtxRetain 1 46")]
    [InlineData("cuModuleLoadDataEx 1 218")]
    [InlineData("cuModuleGetFunction 2 500")]
    [InlineData("cuMemAlloc_v2 2 2")]
    [InlineData("cuOccupancyMaxActiveBlocksPerMultiprocessor 1 1")]
    [InlineData("cuLaunchKernel 3 701")]
    [InlineData("cuEventRecord 300 400")]
    [InlineData("cuEventSynchronize 80 719")]
    [InlineData("cuEventElapsedTime 90 700")]
    [InlineData("cuStreamSynchronize 9 214")]
    public void A_fault_costs_at_most_its_trial_and_is_its_reason(string fault)
    {
        machine.Fail(fault).Record();
        var run = GpuRun.Of(machine, "[1g.18gb]", Probes);
        var code = fault.Split(' ')[2];
        Assert.True(run.Exit == 0, run.ToString());
        Assert.Single(machine.Log, l => l.Fault != 0);
        var trials = run.Trials;
        Assert.Equal(2, trials.Count);
        Assert.True(trials.Any(t => t.Status == "ok"), run.ToString());
        // A worker that could not say where it is was started again, so that no trial was lost.
        foreach (var broken in trials.Where(t => t.Status != "ok")) Assert.Contains($"({code})", broken.Reason, StringComparison.Ordinal);
        Assert.Equal(trials.Where(t => t.Status == "ok").Select(t => t.Trial).Order(), run.Data.Samples.Select(s => s.Trial).Distinct().Order());
        Assert.Empty(machine.Nvml.Open().GetGpuInstances());
    }

    /// <summary>What only the first call of a process can show.</summary>
    public static TheoryData<string, int> Starts
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach (var call in Faults.Once)
            {
                foreach (var code in Faults.All ? Faults.Codes : [46, 999]) cases.Add(call, code);
            }
            return cases;
        }
    }

    [Theory, MemberData(nameof(Starts))]
    public void A_driver_that_fails_once_to_start_or_to_answer_is_the_reason_or_is_asked_again(string call, int code)
    {
        machine.Fail($"{call} 1 {code}").Record();
        var run = GpuRun.Of(machine, "[1g.18gb]", Probes);
        Assert.Single(machine.Log, l => l.Fault != 0);
        Assert.Empty(machine.Nvml.Open().GetGpuInstances());
        Assert.True(run.Exit == 0, run.ToString());
        Assert.All(run.Trials, t => Assert.Equal("ok", t.Status));
        // Planning asks for each cell; a worker is started again.
        var skipped = run.Data.Plan.Skips;
        Assert.Equal(2, run.Trials.Count + skipped.Sum(s => s.Cells));
        Assert.All(skipped, s => Assert.Contains($"({code})", s.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Too_little_memory_skips_what_does_not_fit_and_says_how_much_there_is()
    {
        machine.Behave("memory 16384");
        var run = GpuRun.Of(machine, "[1g.18gb]", "[{probe: mem.copy, bytes: 64GiB}, {probe: mem.copy, bytes: 1MiB}]");
        Assert.True(run.Exit == 0, run.ToString());
        var skip = Assert.Single(run.Trials, t => t.Status == "skipped");
        Assert.Contains("16.00 GiB of 16.00 GiB are free", skip.Reason, StringComparison.Ordinal);
        Assert.Single(run.Trials, t => t.Status == "ok");
    }

    [Fact]
    public void A_gpu_that_breaks_under_a_kernel_costs_the_trial_and_the_next_worker_goes_on()
    {
        machine.Behave("fail gl_stream_copy 20 700");
        var run = GpuRun.Of(machine, "[1g.18gb]", Probes);
        Assert.True(run.Exit == 0, run.ToString());
        Assert.Contains("CUDA_ERROR_ILLEGAL_ADDRESS (700)", Assert.Single(run.Trials, t => t.Status == "failed").Reason, StringComparison.Ordinal);
        Assert.Single(run.Trials, t => t.Status == "ok");
    }

    [Fact]
    public void A_gpu_that_is_lost_for_good_ends_the_run_with_its_reason()
    {
        machine.Fail("cuInit 1 46 always");
        var run = GpuRun.Of(machine, "[1g.18gb]", Probes);
        Assert.Equal(1, run.Exit);
        Assert.Contains("CUDA_ERROR_DEVICE_UNAVAILABLE (46)", run.Errors, StringComparison.Ordinal);
        Assert.Empty(machine.Nvml.Open().GetGpuInstances());
    }

    [Fact]
    public void A_gpu_that_is_lost_in_every_trial_leaves_a_record_of_each()
    {
        machine.Fail("cuEventElapsedTime 100 46 always");
        var run = GpuRun.Of(machine, "[1g.18gb]", Probes);
        Assert.Equal(1, run.Exit);
        Assert.Equal(2, run.Trials.Count);
        Assert.All(run.Trials, t => Assert.Contains("CUDA_ERROR_DEVICE_UNAVAILABLE (46)", t.Reason, StringComparison.Ordinal));
        Assert.Empty(machine.Nvml.Open().GetGpuInstances());
    }

    [Fact]
    public void A_kernel_that_never_ends_is_ended_by_the_watchdog_and_the_run_goes_on()
    {
        machine.Behave("hang gl_stream_copy 40");
        var run = GpuRun.Of(machine, "[1g.18gb]", Probes, "", "--worker-timeout", "3");
        Assert.True(run.Exit == 0, run.ToString());
        // Said by whoever waits for it: for a sample, or for the end of the phase.
        Assert.Matches("hung: no sample for|said nothing for", Assert.Single(run.Trials, t => t.Status == "failed").Reason);
        Assert.Single(run.Trials, t => t.Status == "ok");
        Assert.Contains(run.Data.Events.OfType<WorkerEvent>(), e => e.What == "ended");
    }

    [Theory]
    [InlineData("driver 11030", "the driver supports CUDA 11.3; the kernels need CUDA 11.4 (R470) or newer")]
    [InlineData("", "there is no CUDA driver on this machine")]
    public void Without_a_driver_that_is_new_enough_nothing_is_touched(string behaviour, string said)
    {
        if (behaviour.Length > 0) machine.Behave(behaviour);
        else machine.Nvml.Variables["GPULAB_CUDA"] = "/nowhere/libcuda.so.1";
        File.WriteAllText(Path.Combine(machine.Folder, "log"), "");
        var run = GpuRun.Of(machine, "[7x1g.18gb]", Probes);
        Assert.Equal(2, run.Exit);
        Assert.Contains(said, run.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(run.Folder));
        Assert.DoesNotContain(machine.Nvml.Log, l => l.Call.Contains("Create", StringComparison.Ordinal));
    }
}
