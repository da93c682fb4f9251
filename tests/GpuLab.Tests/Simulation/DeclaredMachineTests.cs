using GpuLab.Model;
using GpuLab.Probes.Sim;
using GpuLab.Results;

namespace GpuLab.Tests.Simulation;

/// <summary>What the machine around a simulated GPU gives: against the published loads that it is declared after, and shared by slices.</summary>
public sealed class DeclaredMachineTests
{
    /// <summary>ServerlessLLM on H100 SXM: seconds for 65.5 GB and 16.1 GB of weights.</summary>
    [Theory]
    [InlineData("load.pipelined", "cold", 65.5e9, 3.23)]
    [InlineData("load.pipelined", "cold", 16.06e9, 0.67)]
    [InlineData("load.pipelined", "pinned", 65.5e9, 1.21)]
    [InlineData("load.plain", "cold", 65.5e9, 20.0)]
    [InlineData("load.plain", "cold", 16.06e9, 4.5)]
    public void A_load_is_predicted_within_12_percent_of_what_was_published(string probe, string tier, double bytes, double seconds) =>
        Assert.InRange(Predicted("h100-sxm-80gb", "whole", probe, ("bytes", ParameterValue.Bytes(bytes)), ("tier", ParameterValue.Of(tier))) / seconds, 0.88, 1.12);

    [Fact]
    public void The_parts_of_a_load_and_of_a_start_make_the_whole()
    {
        foreach (var (probe, tier) in new[] { ("load.plain", "cold"), ("load.pipelined", "warm"), ("load.pipelined", "pinned"), ("load.start", "cold") })
        {
            var gpu = SimGpu.Of("h200-141gb");
            var model = SimModels.Find(probe)!;
            var work = model.Predict(gpu, gpu.Slice("1g.18gb@0"), new(KeyValuePair.Create("tier", ParameterValue.Of(tier))));
            Assert.Equal(work.Seconds, work.Outputs.Zip(model.Info.Metrics).Where(o => o.Second is { Unit: "s", Name: not "total" }).Sum(o => work.Seconds / o.First.Amount), work.Seconds * 1e-9);
        }
    }

    [Fact]
    public async Task Slices_that_load_from_disk_at_once_share_the_disk_and_from_memory_the_link()
    {
        using var run = await SimulatedRun.Of("layouts: 7x1g.18gb\nmodes: concurrent\neffort: quick\nrepeats: 1\nprobes: [{probe: load.pipelined, bytes: 1GiB, tier: [cold, pinned]}, {probe: load.file, cache: cold, bytes: 1GiB}]");
        var together = run.Analysis.Figures.Where(f => f.Phase == Phase.Together && f.Metric.Name == "bandwidth").ToLookup(f => f.Parameters.Word("tier", "file"), f => f.Median);
        Assert.InRange(together["cold"].Sum(), 0.97 * SimHost.Disk, 1.01 * SimHost.Disk);
        Assert.InRange(together["file"].Sum(), 0.97 * SimHost.Disk, 1.01 * SimHost.Disk);
        Assert.InRange(together["pinned"].Sum(), 0.97 * 55.4e9, 1.02 * 55.4e9);
    }

    [Fact]
    public async Task A_slow_disk_slows_what_comes_from_it_in_proportion_and_nothing_else()
    {
        const string sweep = "layouts: 7x1g.18gb\nmodes: concurrent\neffort: quick\nrepeats: 1\nprobes: [{probe: load.pipelined, bytes: 1GiB, tier: [cold, pinned]}]";
        using var sound = await SimulatedRun.Of(sweep);
        using var slow = await SimulatedRun.Of(sweep, plant: "slow_disk: {to: 10%}");
        foreach (var phase in (Phase[])[Phase.Solo, Phase.Together])
        {
            Assert.InRange(Rate(slow, "cold", phase) / Rate(sound, "cold", phase), 0.098, 0.104);
            Assert.InRange(Rate(slow, "pinned", phase) / Rate(sound, "pinned", phase), 0.98, 1.02);
        }

        static double Rate(SimulatedRun run, string tier, Phase phase) =>
            run.Analysis.Figures.First(f => f.Phase == phase && f.Metric.Name == "bandwidth" && f.Parameters.Word("tier", "") == tier && f.Slice == "1g.18gb@3").Median;
    }

    [Theory]
    [InlineData("compute", 132 / 16.0)]
    [InlineData("memory", 8)]
    [InlineData("link", 1)]
    [InlineData("nothing", 1)]
    public void A_program_takes_as_long_on_a_slice_as_what_bounds_it_makes_it(string bound, double longer)
    {
        var seconds = Predicted("h200-141gb", "1g.18gb@0", "command", ("command", new(ParameterType.Text, double.NaN, "x")), ("whole", ParameterValue.Seconds(0.2)), ("bound", ParameterValue.Of(bound)));
        Assert.Equal(0.2 * longer, seconds, 1e-9);
    }

    static double Predicted(string key, string slice, string probe, params (string Name, ParameterValue Value)[] parameters)
    {
        var gpu = SimGpu.Of(key);
        return SimModels.Find(probe)!.Predict(gpu, gpu.Slice(slice), new([.. parameters.Select(p => KeyValuePair.Create(p.Name, p.Value))])).Seconds;
    }
}
