using System.Text.Json;
using GpuLab.Control.Mig;

namespace GpuLab.Tests.Mig;

[Collection(nameof(NvmlDouble))]
public sealed class PartitionVerbTests
{
    static readonly string[] changes = ["Create", "Destroy", "SetMig"];

    [Fact]
    public void A_plan_tells_what_it_would_do_and_touches_nothing()
    {
        using var machine = new NvmlDouble("h200-141gb");
        var control = machine.Open();
        control.CreateComputeInstance(control.CreateGpuInstance(9, new(4, 4)).Id, 2, null);
        var small = control.CreateGpuInstance(19, new(0, 1)).Id;
        var compute = control.CreateComputeInstance(small, 0, null).Id;
        machine.Write("holders", FormattableString.Invariant($"0 {Environment.ProcessId} {small} {compute}"));
        File.WriteAllText(Path.Combine(machine.Folder, "log"), "");
        var (exit, output, errors) = machine.Run("partition", "plan", "3g.71gb@4+2g.35gb@0", "--json");
        Assert.True(exit == 0, errors);
        Assert.DoesNotContain(machine.Log, l => changes.Any(c => l.Call.Contains(c, StringComparison.Ordinal)));
        var plan = JsonDocument.Parse(output).RootElement[0];
        Assert.Equal("3g.71gb@4", plan.GetProperty("untouched")[0].GetString());
        Assert.Equal(["destroy compute instance 0 of GPU instance 7", "destroy GPU instance 7 at {0,1}", "create 2g.35gb at {0,2}", "create a compute instance of 2 slices in the GPU instance at {0,2}"],
            plan.GetProperty("steps").EnumerateArray().Select(s => s.GetString()));
        Assert.Equal(Environment.ProcessId, plan.GetProperty("holders")[0].GetProperty("pid").GetInt32());
        Assert.Contains("as_wanted\": false", output, StringComparison.Ordinal);
        var refused = machine.Run("partition", "apply", "3g.71gb@4+2g.35gb@0");
        Assert.Equal(1, refused.Exit);
        Assert.Contains(FormattableString.Invariant($"(pid {Environment.ProcessId}, user {Environment.UserName})"), refused.Errors, StringComparison.Ordinal);
        Assert.Equal(2, control.GetGpuInstances().Count);
        // What the holder uses does not change here.
        Assert.Equal(0, machine.Run("partition", "apply", "3g.71gb@4+1g.18gb@0+1g.18gb@2").Exit);
    }

    [Fact]
    public void What_is_applied_is_asserted_exported_applied_again_and_restored()
    {
        using var machine = new NvmlDouble("a30-24gb", "h200-141gb").Write("settings", "changes-uuids");
        var control = machine.Open(1);
        control.CreateComputeInstance(control.CreateGpuInstance(9, new(0, 4)).Id, 2, null);
        var found = MigSnapshot.Read(control);
        var uuid = found.WithUuids(control).Instances[0].Computes[0].Uuid;
        Assert.Equal(0, machine.Run("partition", "apply", "3g.71gb@4(1c+2c)+2x1g.18gb", "--on", "gpu:1").Exit);
        Assert.Equal(0, machine.Run("partition", "assert", "3g.71gb@4(1c+2c)+2x1g.18gb", "--on", "gpu:1").Exit);
        Assert.Equal(3, machine.Run("partition", "assert", "3g.71gb@4+2x1g.18gb", "--on", "gpu:1").Exit);
        var file = Path.Combine(machine.Folder, "exported.yaml");
        File.WriteAllText(file, machine.Run("partition", "export", "--name", "kept").Output);
        Assert.Equal(0, machine.Run("partition", "assert", "--config", file, "--name", "kept").Exit);
        var restored = machine.Run("partition", "restore", "--on", machine.Uuids[1]);
        Assert.True(restored.Exit == 0, restored.Errors);
        Assert.Contains($"{uuid} → MIG-", restored.Output, StringComparison.Ordinal);
        Assert.True(MigSnapshot.Read(control).SameAs(found));
        Assert.Equal(3, machine.Run("partition", "assert", "--config", file, "--name", "kept").Exit);
        Assert.Equal(0, machine.Run("partition", "apply", "--config", file, "--name", "kept").Exit);
        Assert.Equal(0, machine.Run("partition", "assert", "--config", file, "--name", "kept").Exit);
    }

    [Fact]
    public void Mig_mode_changes_only_where_it_is_allowed_and_hooks_surround_a_change()
    {
        using var machine = new NvmlDouble("h200-141gb");
        var control = machine.Open();
        var refused = machine.Run("partition", "apply", "whole");
        Assert.Equal(1, refused.Exit);
        Assert.Contains("--allow-mode-change", refused.Errors, StringComparison.Ordinal);
        Assert.True(control.GetMode().Current);
        var trace = Path.Combine(machine.Folder, "trace");
        Assert.Equal(0, machine.Run("partition", "apply", "whole", "--allow-mode-change", "--before", $"echo before >> {trace}", "--after", $"echo after >> {trace}").Exit);
        Assert.Equal(["before", "after"], File.ReadAllLines(trace));
        Assert.False(control.GetMode().Current);
        Assert.Equal(0, machine.Run("partition", "restore").Exit);
        Assert.True(control.GetMode().Current);
        var failed = machine.Run("partition", "apply", "7x1g.18gb", "--before", "exit 7");
        Assert.Contains("ended with 7", failed.Errors, StringComparison.Ordinal);
        var slow = machine.Run("partition", "apply", "7x1g.18gb", "--before", "sleep 60", "--hook-timeout", "0.2");
        Assert.Contains("did not end within 0.2 s", slow.Errors, StringComparison.Ordinal);
        Assert.Empty(control.GetGpuInstances());
    }

    [Fact]
    public void Devices_and_what_they_can_be_cut_into_come_from_the_driver()
    {
        using var machine = new NvmlDouble("a30-24gb", "h200-141gb");
        var devices = machine.Run("devices", "--json");
        Assert.True(devices.Exit == 0, devices.Errors);
        Assert.Equal(["gpu:0", "gpu:1", "host"], JsonDocument.Parse(devices.Output).RootElement.EnumerateArray().Select(d => d.GetProperty("device").GetString()));
        Assert.Contains("3g.71gb", machine.Run("profiles", "--on", "gpu:1").Output, StringComparison.Ordinal);
        Assert.Contains("4x1g.6gb", machine.Run("layouts").Output, StringComparison.Ordinal);
        var none = machine.Run("profiles", "--on", "gpu:7");
        Assert.Equal(2, none.Exit);
        Assert.Contains(machine.Uuids[1], none.Errors, StringComparison.Ordinal);
        Assert.Contains("Nearest", machine.Run("partition", "plan", "8x1g.18gb", "--on", "gpu:1").Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_estimates_from_this_gpus_last_change_where_it_had_one()
    {
        using var machine = new NvmlDouble("h200-141gb");
        machine.Open();
        Assert.Contains("estimated from what is published of other GPUs", machine.Run("partition", "plan", "7x1g.18gb").Output, StringComparison.Ordinal);
        Assert.Equal(0, machine.Run("partition", "apply", "7x1g.18gb").Exit);
        var plan = machine.Run("partition", "plan", "2x3g.71gb").Output;
        // It has created, and has not destroyed yet.
        Assert.Matches("estimated from this GPU's change of [0-9-]{10}, the rest from what is published of other GPUs", plan);
        var seconds = JsonDocument.Parse(machine.Run("partition", "plan", "2x3g.71gb", "--json").Output).RootElement[0].GetProperty("seconds").GetDouble();
        // Seven instances and their compute instances destroyed as published, and four creates as fast as the double's.
        Assert.InRange(seconds, 7 * 1.1, (7 * 1.1) + (4 * 0.2));
    }
}
