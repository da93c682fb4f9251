namespace GpuLab.Tests.Mig;

[Collection(nameof(NvmlDouble))]
public sealed class ContentionTests
{
    static readonly string[] changes = ["nvmlDeviceCreateGpuInstanceWithPlacement", "nvmlGpuInstanceCreateComputeInstanceWithPlacement", "nvmlGpuInstanceDestroy", "nvmlComputeInstanceDestroy"];

    [Theory]
    [InlineData("60")]
    [InlineData("0")]
    public async Task Of_eight_processes_that_want_one_gpu_one_has_it_at_a_time(string wait)
    {
        using var machine = new NvmlDouble("h200-141gb");
        machine.Write("log", "\n");
        File.WriteAllText(Path.Combine(machine.Folder, "log"), "");
        // Long enough that all of them have started before the first is done.
        var processes = Enumerable.Range(0, 8).Select(_ => machine.Start("partition", "use", "7x1g.18gb", "--wait", wait, "--run", wait == "0" ? "sleep 8" : "true")).ToArray();
        var pids = processes.Select(p => p.Id).ToArray();
        var ends = await Task.WhenAll(processes.Select(p => Task.Run(() => NvmlDouble.End(p))));
        if (wait == "0")
        {
            Assert.Equal(1, ends.Count(e => e.Exit == 0));
            Assert.All(ends.Where(e => e.Exit != 0), e => Assert.Matches("being changed by another gpulab \\(pid [0-9]+", e.Errors));
        }
        else Assert.All(ends, e => Assert.True(e.Exit == 0, e.Errors));
        var log = machine.Log.Where(l => changes.Contains(l.Call)).ToArray();
        Assert.All(log, l => Assert.Equal(0, l.Status));
        // One run of calls for each process: nobody comes back after another has begun.
        var turns = log.Select(l => l.Pid).Aggregate(new List<int>(), (list, pid) =>
        {
            if (list.Count == 0 || list[^1] != pid) list.Add(pid);
            return list;
        });
        Assert.Equal(wait == "0" ? 1 : 8, turns.Count);
        Assert.Equal(turns.Count, turns.Distinct().Count());
        Assert.All(turns, t => Assert.Contains(t, pids));
        Assert.Empty(machine.Open().GetGpuInstances());
    }
}
