using System.Diagnostics;
using GpuLab.Control.Mig;
using GpuLab.Control.Nvml;
using GpuLab.Results;

namespace GpuLab.Tests.Mig;

/// <summary>A sweep through MIG layouts on the double: what reconfiguration takes is its result, and what was found comes back.</summary>
[Collection(nameof(NvmlDouble))]
public sealed class SweepTests
{
    const string Sweep = "name: cuts\ndevice: gpu:0\npartitioner: mig\nlayouts: [7x1g.18gb, 3g.71gb@4+2g.35gb@0, 4g.71gb@0+3g.71gb@4]\nprobes: [control.create, control.destroy]\nrepeats: 2\n";

    static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    static string Write(NvmlDouble machine, string text)
    {
        var path = Path.Combine(machine.Folder, "sweep.yaml");
        File.WriteAllText(path, text);
        return path;
    }

    static MigSnapshot Found(NvmlMigControl control)
    {
        control.CreateComputeInstance(control.CreateGpuInstance(9, new(4, 4)).Id, 2, null);
        control.CreateComputeInstance(control.CreateGpuInstance(19, new(2, 1)).Id, 0, null);
        return MigSnapshot.Read(control);
    }

    [Fact]
    public void Each_step_is_a_sample_with_its_place()
    {
        using var machine = new NvmlDouble("h200-141gb");
        var control = machine.Open();
        var found = Found(control);
        var run = Path.Combine(machine.Folder, "run");
        var (exit, output, errors) = machine.Run("run", Write(machine, Sweep), "--out", run);
        Assert.True(exit == 0, errors);
        Assert.True(MigSnapshot.Read(control).SameAs(found));
        var data = RunFolderReader.Read(run);
        var made = data.Samples.Where(s => s.Metric == "instance").Select(s => (Cell: data.Plan.Cells.Single(c => s.Trial == $"c{c.Number}r1"), s.Slice, s.Value)).ToArray();
        foreach (var layout in data.Plan.Layouts)
            Assert.Subset(layout.Slices.Select(s => s.Name).ToHashSet(), made.Where(m => m.Cell.Layout == layout.Layout && m.Cell.Probe == "control.create").Select(m => m.Slice).ToHashSet());
        Assert.All(made, m => Assert.InRange(m.Value, 1e-6, 10));
        Assert.Contains(made, m => m is { Cell.Probe: "control.destroy" });
        Assert.Contains("control.create", output, StringComparison.Ordinal);
        Assert.Contains("1g.18gb@3", output, StringComparison.Ordinal);
        // 3g@4 is there at first and in two layouts: in the order with the fewest changes it is made again at most once.
        Assert.True(made.Count(m => m is { Slice: "3g.71gb@4", Cell.Probe: "control.create" }) <= 1);
    }

    [Fact]
    public void Slices_made_anew_for_each_repeat_are_samples_of_each_repeat()
    {
        using var machine = new NvmlDouble("a30-24gb");
        var run = Path.Combine(machine.Folder, "run");
        var (exit, _, errors) = machine.Run("run", Write(machine, "name: again\ndevice: gpu:0\nlayouts: [1g.6gb@0, 1g.6gb@2]\nprobes: [control.create, control.destroy]\nrepeats: 4\ncut: each-repeat\n"), "--out", run);
        Assert.True(exit == 0, errors);
        var rows = RunFolderReader.Read(run).Samples.Where(s => s.Metric == "instance").ToArray();
        Assert.Equal([1, 2, 3, 4], rows.Where(r => r.Slice == "1g.6gb@2").Select(r => r.Repeat).Distinct().Order());
        Assert.Empty(machine.Open().GetGpuInstances());
    }

    [Fact]
    public void The_mode_is_switched_only_where_that_is_allowed_and_switched_back()
    {
        using var machine = new NvmlDouble("h200-141gb");
        var control = machine.Open();
        var found = Found(control);
        var sweep = Write(machine, Sweep.Replace("[7x1g.18gb, ", "[whole, ", StringComparison.Ordinal).Replace("control.destroy", "control.mode", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(machine.Folder, "log"), "");
        var refused = machine.Run("run", sweep, "--out", Path.Combine(machine.Folder, "no"));
        Assert.Equal(2, refused.Exit);
        Assert.Contains("sweep.yaml:4:", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("--allow-mode-change", refused.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(machine.Log, l => l.Call == "nvmlDeviceSetMigMode");
        var run = Path.Combine(machine.Folder, "run");
        var (exit, _, errors) = machine.Run("run", sweep, "--out", run, "--allow-mode-change");
        Assert.True(exit == 0, errors);
        Assert.Contains(RunFolderReader.Read(run).Samples, s => s is { Metric: "off", Slice: "whole" });
        Assert.True(MigSnapshot.Read(control).SameAs(found));
    }

    [Theory]
    [InlineData("KILL")]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task However_a_sweep_ends_what_was_found_comes_back(string signal)
    {
        using var machine = new NvmlDouble("h200-141gb");
        var control = machine.Open();
        var found = Found(control);
        var many = Sweep.Replace("repeats: 2", "repeats: 500\ncut: each-repeat", StringComparison.Ordinal);
        using var process = machine.Start("run", Write(machine, many), "--out", Path.Combine(machine.Folder, "run"));
        var reading = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var clock = Stopwatch.StartNew();
        while (machine.Journal().Story(machine.Uuids[0]) is not { Took.Count: > 20 } && clock.Elapsed < patience) await Task.Delay(20);
        using var kill = Process.Start("kill", [$"-{signal}", FormattableString.Invariant($"{process.Id}")]);
        await process.WaitForExitAsync();
        if (signal != "KILL") Assert.Equal(130, process.ExitCode);
        while (machine.Journal().Story(machine.Uuids[0]) is { Ending: MigEnding.Open } && clock.Elapsed < patience) await Task.Delay(20);
        Assert.True(MigSnapshot.Read(control).SameAs(found), await reading.Item2);
    }

    [Fact]
    public void A_fault_in_the_middle_restores_and_says_which_call_and_code()
    {
        using var machine = new NvmlDouble("h200-141gb");
        var control = machine.Open();
        var found = Found(control);
        machine.Write("faults", "nvmlDeviceCreateGpuInstanceWithPlacement 9 10");
        var (exit, _, errors) = machine.Run("run", Write(machine, Sweep), "--out", Path.Combine(machine.Folder, "run"));
        Assert.Equal(1, exit);
        Assert.Contains("nvmlDeviceCreateGpuInstanceWithPlacement", errors, StringComparison.Ordinal);
        Assert.Contains("as it was found", errors, StringComparison.Ordinal);
        machine.Write("faults", "");
        Assert.True(MigSnapshot.Read(control).SameAs(found));
    }

    [Fact]
    public async Task Killed_at_any_moment_of_a_sweep_what_was_found_comes_back_and_nothing_foreign_is_touched()
    {
        const string sweep = "name: cuts\ndevice: gpu:0\nlayouts: [7x1g.18gb, 3g.71gb@4+2g.35gb@0]\nprobes: [control.create]\nrepeats: 2\ncut: each-repeat\n";
        var calls = Calls(sweep);
        var random = new Random(3);
        var open = 0;
        var kills = Math.Max(6, Thorough.Kills / 8);
        for (var i = 0; i < kills; i++)
        {
            using var machine = new NvmlDouble("h200-141gb");
            var control = machine.Open();
            var found = Found(control);
            machine.Write("kill", FormattableString.Invariant($"* {calls.First + random.Next(calls.Last - calls.First)} {(i % 2 == 0 ? "before" : "after")}"));
            using var process = machine.Start("run", Write(machine, sweep), "--out", Path.Combine(machine.Folder, "run"));
            var reading = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            machine.Write("kill", "");
            open += machine.Journal().Story(machine.Uuids[0]) is { Ending: MigEnding.Open } ? 1 : 0;
            var clock = Stopwatch.StartNew();
            while (machine.Journal().Story(machine.Uuids[0]) is { Ending: MigEnding.Open } && clock.Elapsed < patience) await Task.Delay(20);
            Assert.True(MigSnapshot.Read(control).SameAs(found), FormattableString.Invariant($"kill {i}: {await reading.Item2}"));
        }
        Assert.True(open > kills / 3, FormattableString.Invariant($"only {open} of {kills} owed something"));
    }

    /// <summary>The driver calls between the first change and the end of an undisturbed sweep.</summary>
    static (int First, int Last) Calls(string sweep)
    {
        using var machine = new NvmlDouble("h200-141gb");
        Found(machine.Open());
        var before = machine.Count;
        File.WriteAllText(Path.Combine(machine.Folder, "log"), "");
        var (exit, _, errors) = machine.Run("run", Write(machine, sweep), "--out", Path.Combine(machine.Folder, "run"));
        Assert.True(exit == 0, errors);
        var log = machine.Log;
        return (before + log.Select(l => l.Call).ToList().IndexOf("nvmlComputeInstanceDestroy"), before + log.Count);
    }
}
