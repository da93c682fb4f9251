using GpuLab.Tests.Sweeps;

namespace GpuLab.Tests.EndToEnd;

/// <summary>A sweep written for a GPU is rehearsed as it is, and what cannot be rehearsed is refused with a sentence.</summary>
[Collection(Outside.Name)]
public sealed class RehearsalTests : IDisposable
{
    const string Real = "name: real\ndevice: gpu:0\npartitioner: mig\nlayouts: [whole, 2x3g.71gb]\neffort: quick\nrepeats: 1\nprobes: [mem.read, compute.fp8, control.create, control.mode]\n";

    readonly Workplace place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task A_sweep_for_a_real_gpu_says_what_the_real_run_would_take_need_and_skip()
    {
        var sweep = place.Write("real.yaml", Real.Replace("mem.read", "mem.read, {probe: mem.copy, bytes: 64GiB}", StringComparison.Ordinal));
        var ended = await Gpulab.Run("run", sweep, "--on", "sim:h200-141gb", "--out", place.At("run"));
        Assert.True(ended.Code == 0, ended.ToString());
        foreach (var said in (string[])["take   about", "need   MIG mode switched on and off", "--allow-mode-change", "need   permission to cut it", "need   driver R", "change the layout 2 times", "skip   mem.copy: 2 x 64GiB do not fit"])
            Assert.Contains(said, ended.Error, StringComparison.Ordinal);
        Assert.Contains("control.create", ended.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("TIMEOUT", ended.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_sweep_for_gpus_that_ships_is_planned_on_a_simulated_one()
    {
        foreach (var file in Directory.EnumerateFiles(Repository.Folder("scripts/sweeps"), "*.yaml").Where(f => File.ReadAllText(f).Contains("partitioner: mig", StringComparison.Ordinal)))
        {
            var ended = await Gpulab.Run("run", file, "--on", "sim:h200-141gb", "--dry-run");
            Assert.True(ended.Code == 0, $"{file}: {ended}");
            Assert.Contains("Nothing was touched", ended.Out, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("3g.20gb+2g.35gb", "(a profile of a100-40gb")]
    [InlineData("2x1g.18gb+me", "at most 1 of 1g.18gb+me fit on one GPU")]
    [InlineData("3g.71gb@2", "it starts at 0 or 4")]
    [InlineData("3g.71gb@99", "has no place at 99")]
    public async Task Layouts_that_the_gpu_cannot_have_are_refused_with_their_place(string layout, string reason)
    {
        var sweep = place.Write("bad.yaml", Real.Replace("2x3g.71gb", layout, StringComparison.Ordinal));
        var ended = await Gpulab.Run("run", sweep, "--on", "sim:h200-141gb", "--out", place.At("run"));
        Assert.True(ended.Code == 2, ended.ToString());
        Assert.Contains("bad.yaml:4:18: ", ended.Error, StringComparison.Ordinal);
        Assert.Contains(reason, ended.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(place.At("run")));
    }

    [Fact]
    public async Task A_layout_of_a_hundred_kilobytes_is_refused_in_a_short_sentence()
    {
        var sweep = place.Write("long.yaml", Real.Replace("2x3g.71gb", string.Join('+', Enumerable.Repeat("1g.18gb", 14_000)), StringComparison.Ordinal));
        foreach (var ended in (Ended[])[await Gpulab.Run("run", sweep, "--on", "sim:h200-141gb"), await Gpulab.Run("partition", "plan", string.Join('+', Enumerable.Repeat("1g.18gb", 14_000)), "--on", "sim:h200-141gb")])
        {
            Assert.True(ended.Code == 2, ended.ToString());
            Assert.InRange(ended.Error.Length, 20, 1000);
        }
    }

    [Fact]
    public async Task Cells_that_need_a_figure_nobody_knows_are_skipped_by_its_name()
    {
        var sweep = place.Write("unknown.yaml", "name: unknown\ndevice: gpu:0\nlayouts: whole\neffort: quick\nrepeats: 1\nprobes: [link.h2d]\n");
        var ended = await Gpulab.Run("run", sweep, "--on", "sim:gh200-144gb", "--out", place.At("run"));
        Assert.True(ended.Code == 2, ended.ToString());
        Assert.Contains("'link' of", ended.Error, StringComparison.Ordinal);
        Assert.Contains("is not known", ended.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("coupling: {victim: 3g.71gb, size: 200%}", "plant.yaml:1:")]
    [InlineData("late: {by: 5ms", "not valid YAML")]
    [InlineData("\0\0\0", "plant.yaml:1:")]
    [InlineData("die: {repeat: -1}", "plant.yaml:1:")]
    [InlineData(null, "cannot be read")]
    public async Task A_plant_file_that_is_wrong_or_missing_stops_before_anything_begins(string? plant, string said)
    {
        if (plant is not null) place.Write("plant.yaml", plant);
        var ended = await Gpulab.Run("run", place.Write("real.yaml", Real), "--on", "sim:h200-141gb", "--plant", place.At("plant.yaml"), "--out", place.At("run"));
        Assert.True(ended.Code == 2, ended.ToString());
        Assert.Contains(said, ended.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(place.At("run")));
    }

    [Fact]
    public async Task A_planted_effect_that_nothing_can_show_is_named()
    {
        place.Write("plant.yaml", "throttle: {to: 90%}\ndie: {slice: 1g.5gb@0, probe: mem.*}\n");
        var ended = await Gpulab.Run("run", place.Write("real.yaml", Real), "--on", "sim:h200-141gb", "--plant", place.At("plant.yaml"), "--dry-run");
        Assert.True(ended.Code == 0, ended.ToString());
        Assert.Contains("effect 2 (die of slice 1g.5gb@0, probe mem.*) applies to nothing in this sweep", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("effect 1", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plants_are_for_simulated_devices()
    {
        place.Write("plant.yaml", "throttle: {to: 90%}");
        var ended = await Gpulab.Run("run", place.Sweep(), "--plant", place.At("plant.yaml"));
        Assert.True(ended.Code == 2, ended.ToString());
        Assert.Contains("host is real", ended.Error, StringComparison.Ordinal);
    }
}
