using GpuLab.Control.Mig;
using GpuLab.Tests.Mig;

namespace GpuLab.Tests.Cuda;

/// <summary>A study of places on the doubles: each slice made anew for each repeat, measured where it lies, and what that took beside it.</summary>
[Collection(nameof(NvmlDouble))]
public sealed class PlacementStudyTests : IDisposable
{
    readonly CudaDouble machine = new("h200-141gb");

    public void Dispose() => machine.Dispose();

    [Fact]
    public void Each_repeat_measures_a_slice_that_was_made_for_it()
    {
        var control = machine.Nvml.Open();
        control.CreateComputeInstance(control.CreateGpuInstance(9, new(4, 4)).Id, 2, null);
        var found = MigSnapshot.Read(control);
        var run = GpuRun.Of(machine, "[1g.18gb@0, 1g.18gb@3]", "[{probe: mem.read, bytes: 1MiB}, control.create, control.destroy]", "cut: each-repeat", "--allow-mode-change");
        Assert.True(run.Exit == 0, run.ToString());
        Assert.True(MigSnapshot.Read(machine.Nvml.Open()).SameAs(found));
        var data = run.Data;
        Assert.All(run.Trials, t => Assert.True(t.Status == "ok", $"{t}"));
        foreach (var slice in (string[])["1g.18gb@0", "1g.18gb@3"])
        {
            Assert.Contains(data.Samples, s => s.Slice == slice && s.Metric == "bandwidth");
            Assert.Contains(data.Samples, s => s.Slice == slice && s.Metric == "instance");
        }
        // What was there first had to go, and was a sample of its own.
        Assert.Contains(data.Samples, s => s is { Slice: "3g.71gb@4", Metric: "instance" });
    }

    [Fact]
    public void The_study_that_ships_is_planned_on_a_gpu()
    {
        var plan = machine.Nvml.Run("run", Path.Combine(Sweeps.Repository.Folder("scripts/sweeps"), "placement-study.yaml"), "--dry-run");
        Assert.True(plan.Exit == 0, plan.Errors);
        Assert.Contains("creates 72 and destroys", plan.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains("mem.read", plan.Output, StringComparison.Ordinal);
        Assert.Contains("Nothing was touched", plan.Output, StringComparison.Ordinal);
    }
}
