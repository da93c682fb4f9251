using System.Diagnostics;
using GpuLab.Control.Mig;
using GpuLab.Control.Nvml;

namespace GpuLab.Tests.Mig;

/// <summary>The program is killed while it changes a GPU. What it found comes back, and what others made meanwhile stays.</summary>
[Collection(nameof(NvmlDouble))]
public sealed class KillTests
{
    const string Wanted = "4g.71gb@0(2x2c)+2g.35gb@4";

    static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Killed_at_any_step_or_moment_what_was_found_comes_back_and_nothing_foreign_is_touched()
    {
        var calls = Calls();
        var random = new Random(1);
        var struck = 0;
        for (var i = 0; i < Thorough.Kills; i++)
        {
            using var machine = new NvmlDouble("h200-141gb");
            var control = machine.Open();
            var found = Found(control);
            var byStep = i % 2 == 0;
            // Calls of the whole of apply, run and restore in turn, each before and after.
            if (byStep) machine.Write("kill", FormattableString.Invariant($"* {calls.First + (calls.Last - calls.First) * i / Thorough.Kills} {(i % 4 == 0 ? "before" : "after")}"));
            using var process = machine.Start("partition", "use", Wanted, "--run", "sleep 0.05");
            // Nobody reads, and nothing is printed beyond a pipe's worth.
            if (!byStep && !process.WaitForExit(300 + random.Next(700))) process.Kill();
            await process.WaitForExitAsync();
            // Where it ended before its call came, the next one to call would be this process.
            machine.Write("kill", "");
            struck += process.ExitCode == 137 ? 1 : 0;
            var foreign = control.CreateGpuInstance(19, new(6, 1));
            control.CreateComputeInstance(foreign.Id, 0, null);
            await Restored(machine);
            var now = MigSnapshot.Read(control);
            var what = FormattableString.Invariant($"kill {i}, exit {process.ExitCode}: {string.Join(' ', now.Instances)}\n{Guardian(machine)}");
            Assert.True((now with { Instances = [.. now.Instances.Where(n => n.Place != new MigPlace(6, 1))] }).SameAs(found), what);
            Assert.True(now.Instances.Any(n => n.Place == new MigPlace(6, 1) && n.Computes.Count == 1), what);
        }
        Assert.True(struck > Thorough.Kills / 3, FormattableString.Invariant($"only {struck} were killed before their end"));
    }

    [Fact]
    public async Task When_the_guardian_dies_too_the_next_start_restores()
    {
        using var machine = new NvmlDouble("h200-141gb");
        var control = machine.Open();
        var found = Found(control);
        using var process = machine.Start("partition", "use", Wanted, "--run", "sleep 30");
        var clock = Stopwatch.StartNew();
        while (!control.GetGpuInstances().Any(g => g.Place == new MigPlace(0, 4)) && clock.Elapsed < patience) await Task.Delay(20);
        var guardian = Guardians(process.Id);
        Assert.Single(guardian);
        foreach (var pid in guardian) Process.GetProcessById(pid).Kill();
        process.Kill();
        await process.WaitForExitAsync();
        Assert.Equal(MigEnding.Open, machine.Journal().Story(machine.Uuids[0])!.Ending);
        Assert.False(MigSnapshot.Read(control).SameAs(found));
        var (exit, _, errors) = machine.Run("partition", "restore");
        Assert.True(exit == 0, errors);
        Assert.True(MigSnapshot.Read(control).SameAs(found));
        Assert.Equal(MigEnding.Restored, machine.Journal().Story(machine.Uuids[0])!.Ending);
    }

    [Fact]
    public async Task What_an_ended_process_could_not_restore_its_guardian_does_when_the_fault_is_gone()
    {
        using var machine = new NvmlDouble("h200-141gb");
        var control = machine.Open();
        var found = Found(control);
        // The two creates above count as well; the one that fails comes after others that succeed.
        machine.Write("faults", "nvmlDeviceCreateGpuInstanceWithPlacement 4 15 always");
        var (exit, _, errors) = machine.Run("partition", "apply", "7x1g.18gb");
        Assert.Equal(1, exit);
        Assert.Contains("needs-restore", errors, StringComparison.Ordinal);
        Assert.Contains("GPU_IS_LOST", errors, StringComparison.Ordinal);
        machine.Write("faults", "");
        await Restored(machine);
        Assert.True(MigSnapshot.Read(control).SameAs(found), Guardian(machine));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_ends_the_command_and_restores(string signal)
    {
        using var machine = new NvmlDouble("h200-141gb");
        var control = machine.Open();
        var found = Found(control);
        using var process = machine.Start("partition", "use", Wanted, "--run", "sleep 30");
        var clock = Stopwatch.StartNew();
        while (!control.GetGpuInstances().Any(g => g.Place == new MigPlace(0, 4)) && clock.Elapsed < patience) await Task.Delay(20);
        using var kill = Process.Start("kill", [FormattableString.Invariant($"-{signal}"), FormattableString.Invariant($"{process.Id}")]);
        await process.WaitForExitAsync();
        Assert.Equal(130, process.ExitCode);
        Assert.True(MigSnapshot.Read(control).SameAs(found));
    }

    /// <summary>Somebody's layout, of which one instance stays as it is.</summary>
    static MigSnapshot Found(NvmlMigControl control)
    {
        var half = control.CreateGpuInstance(14, new(4, 2)).Id;
        control.CreateComputeInstance(half, 0, new(0, 1));
        control.CreateComputeInstance(control.CreateGpuInstance(19, new(2, 1)).Id, 0, null);
        return MigSnapshot.Read(control);
    }

    /// <summary>The driver calls between the first change and the end of an undisturbed run.</summary>
    static (int First, int Last) Calls()
    {
        using var machine = new NvmlDouble("h200-141gb");
        var found = Found(machine.Open());
        var before = machine.Count;
        File.WriteAllText(Path.Combine(machine.Folder, "log"), "");
        var (exit, _, errors) = machine.Run("partition", "use", Wanted, "--run", "true");
        Assert.True(exit == 0, errors);
        var log = machine.Log;
        Assert.True(MigSnapshot.Read(machine.Open()).SameAs(found));
        var first = log.Select(l => l.Call).ToList().IndexOf("nvmlComputeInstanceDestroy");
        return (before + first, before + log.Count);
    }

    static async Task Restored(NvmlDouble machine)
    {
        var clock = Stopwatch.StartNew();
        while (machine.Journal().Story(machine.Uuids[0]) is { Ending: MigEnding.Open })
        {
            Assert.True(clock.Elapsed < patience, Guardian(machine));
            await Task.Delay(20);
        }
    }

    static string Guardian(NvmlDouble machine)
    {
        var log = Path.Combine(machine.StateFolder, "guardian.log");
        return File.Exists(log) ? File.ReadAllText(log) : "no guardian";
    }

    static int[] Guardians(int parent) => [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(n => int.TryParse(n, out _)).Where(n =>
    {
        try
        {
            return File.ReadAllText($"/proc/{n}/cmdline").Contains("\0guardian\0", StringComparison.Ordinal) && File.ReadAllText($"/proc/{n}/status").Contains(FormattableString.Invariant($"PPid:\t{parent}\n"), StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }).Select(n => int.Parse(n!, System.Globalization.CultureInfo.InvariantCulture))];
}
