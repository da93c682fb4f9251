namespace GpuLab.Tests.EndToEnd;

[Collection(Outside.Name)]
public sealed class RefusalTests : IDisposable
{
    readonly Workplace place = new();

    [Theory]
    [InlineData("Name a sweep file", "run")]
    [InlineData("--resume goes on with what the folder says", "run", "--resume", "x", "--out", "y")]
    [InlineData("expected host, auto, gpu:N", "run", "x.yaml", "--on", "gpx:0")]
    [InlineData("Did you mean one of the following?\nrun", "rnu")]
    [InlineData("--wokrer-timeout", "run", "x.yaml", "--wokrer-timeout", "3")]
    [InlineData("--worker-timeout must be between", "run", "x.yaml", "--worker-timeout", "0")]
    [InlineData("--tag ' ' must be a word", "run", "x.yaml", "--tag", " ")]
    [InlineData("--out and --tag do not go with it", "run", "--resume", "x", "--tag", "y")]
    [InlineData("no-such.yaml", "run", "no-such.yaml")]
    [InlineData("is not a run folder", "run", "--resume", "/tmp")]
    [InlineData("is not a run folder", "report", "/tmp")]
    [InlineData("fish", "completion", "tcsh")]
    public async Task Wrong_usage_is_explained_on_standard_error_with_exit_code_2(string expected, params string[] arguments)
    {
        var ended = await Gpulab.Run(arguments);
        Assert.True(ended.Code == 2, ended.ToString());
        Assert.Contains(expected, ended.Error, StringComparison.Ordinal);
        Assert.Empty(ended.Out);
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_errors_of_a_sweep_are_told_at_once_each_with_its_place()
    {
        var sweep = place.Write("bad.yaml", "name: bad\nlayots: [whole]\nprobes: [mem.raed]\nbudget: 3 parsecs\n");
        var ended = await Gpulab.Run("run", sweep, "--out", place.At("run"));

        Assert.True(ended.Code == 2, ended.ToString());
        Assert.Contains($"gpulab: {sweep}:2:1: ", ended.Error, StringComparison.Ordinal);
        Assert.Contains("layouts", ended.Error, StringComparison.Ordinal);
        Assert.Contains($"gpulab: {sweep}:3:10: ", ended.Error, StringComparison.Ordinal);
        Assert.Contains("mem.read", ended.Error, StringComparison.Ordinal);
        Assert.Contains($"gpulab: {sweep}:4:9: ", ended.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(place.At("run")));
    }

    [Fact]
    public async Task A_layout_with_more_cores_than_there_are_says_how_many_there_are()
    {
        var sweep = place.Sweep(layouts: "[100x100c]");
        var ended = await Gpulab.Run("run", sweep, "--out", place.At("run"));

        Assert.True(ended.Code == 2, ended.ToString());
        Assert.Contains($"{sweep}:3:", ended.Error, StringComparison.Ordinal);
        Assert.Contains("10000 cores", ended.Error, StringComparison.Ordinal);
        Assert.Contains("possible:", ended.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(place.At("run")));
    }

    [Fact]
    public async Task Fewer_cores_for_the_process_than_sysfs_shows_is_given_as_the_reason()
    {
        string[] command = ["taskset", "-c", Cpu(), .. Gpulab.Built, "run", place.Sweep(layouts: "[2x1c]"), "--out", place.At("run")];
        var ended = await Gpulab.Execute(command);

        Assert.True(ended.Code == 2, ended.ToString());
        Assert.Contains("2x1c asks for 2 cores, but only 1 core can be used", ended.Error, StringComparison.Ordinal);
        if (Environment.ProcessorCount > 1) Assert.Contains("affinity", ended.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gpu:63")]
    [InlineData("GPU-00000000-0000-0000-0000-000000000000")]
    [InlineData("sim:no-such-gpu")]
    public async Task A_device_that_is_not_there_is_refused_by_name(string device)
    {
        var ended = await Gpulab.Run("run", place.Sweep(), "--on", device, "--out", place.At("run"));
        Assert.True(ended.Code is 1 or 2, ended.ToString());
        Assert.Contains(device.Split(':')[^1], ended.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(place.At("run")));
    }

    [Fact]
    public async Task A_folder_that_holds_a_run_is_not_overwritten()
    {
        var sweep = place.Sweep();
        Assert.Equal(0, (await Gpulab.Run("run", sweep, "--out", place.At("run"))).Code);
        var before = await File.ReadAllTextAsync(Path.Combine(place.At("run"), "events.jsonl"));

        var ended = await Gpulab.Run("run", sweep, "--out", place.At("run"));
        Assert.True(ended.Code == 1, ended.ToString());
        Assert.Contains("holds a run already", ended.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(Path.Combine(place.At("run"), "events.jsonl")));
    }

    [Fact]
    public async Task Two_runs_cannot_write_one_folder()
    {
        var folder = place.At("run");
        using var first = Gpulab.Start("run", place.Sweep(repeats: 300), "--out", folder);
        await Workplace.Until(first, folder, 1);

        var second = await Gpulab.Run("run", "--resume", folder);
        Assert.True(second.Code == 1, second.ToString());
        Assert.Contains($"being written by another gpulab (pid {first.Pid} on ", second.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await first.End()).Code);
    }

    [Theory]
    [InlineData("/sys/gpulab-run")]
    [InlineData("/dev/null")]
    public async Task An_output_that_cannot_be_written_says_so_before_anything_is_measured(string folder)
    {
        var ended = await Gpulab.Run("run", place.Sweep(), "--out", folder);
        Assert.True(ended.Code == 1, ended.ToString());
        Assert.Contains($"'{folder}' cannot be written", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("finished trial", ended.Error, StringComparison.Ordinal);
    }

    public void Dispose() => place.Dispose();

    /// <summary>One that this process may use.</summary>
    static string Cpu()
    {
        var allowed = File.ReadLines("/proc/self/status").First(l => l.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal));
        return allowed.Split(':')[1].Trim().Split(',', '-')[0];
    }
}
