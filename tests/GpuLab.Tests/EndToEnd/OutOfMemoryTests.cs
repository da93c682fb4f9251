namespace GpuLab.Tests.EndToEnd;

/// <summary>A slice whose memory ends in the middle of what was planned: its processes may map so much and no more.</summary>
[Collection(Outside.Name)]
public sealed class OutOfMemoryTests : IDisposable
{
    const string Sweep = "name: memory\ndevice: host\nlayouts: [whole]\neffort: quick\nmax_time: 300ms\nrepeats: 1\nprobes:\n  - {probe: load.pipelined, tier: pinned, bytes: [1GiB, 1MiB]}\n";

    readonly Workplace place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task A_cell_for_which_memory_ends_is_skipped_with_the_error_and_the_run_goes_on()
    {
        var sweep = place.Write("memory.yaml", Sweep);
        string[] command = ["run", sweep, "--out", place.At("run")];
        // The runtime itself takes half of the limit; planning, which looks at the machine's memory, sees nothing wrong.
        var ended = await Gpulab.Execute(["/bin/bash", "-c", "ulimit -v 4000000; exec \"$0\" \"$@\"", .. Gpulab.Built, .. command], environment: new Dictionary<string, string?> { ["DOTNET_GCHeapHardLimit"] = "10000000" });
        Assert.True(ended.Code == 0, ended.ToString());
        var trials = Workplace.Finished(place.At("run")).ToList();
        Assert.Equal(["ok", "skipped"], trials.Select(t => t.Status).Order(StringComparer.Ordinal));
        Assert.Contains("(error 12)", ended.Error, StringComparison.Ordinal);
        Assert.Contains("mapped (error 12)", ended.Out.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }
}
