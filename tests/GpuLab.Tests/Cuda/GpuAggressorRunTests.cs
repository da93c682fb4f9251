using GpuLab.Results;
using GpuLab.Statistics;
using GpuLab.Tests.Mig;
using GpuLab.Tests.Simulation;

namespace GpuLab.Tests.Cuda;

/// <summary>Aggressors as a user runs them: beside victims on slices of doubles, and on a simulated GPU.</summary>
[Collection(nameof(NvmlDouble))]
public sealed class GpuAggressorRunTests : IDisposable
{
    const string Small = """
        aggressors: [{probe: storm.dram, bytes: 1MiB}, storm.l2, {probe: storm.tlb, bytes: 1MiB, page: 64KiB}, {probe: storm.up, bytes: 256KiB}, {probe: storm.down, bytes: 256KiB},
          {probe: storm.link, bytes: 256KiB}, {probe: storm.engine, bytes: 4KiB}, storm.sm, storm.power, storm.launch, storm.fence]
        """;

    readonly CudaDouble machine = new("h200-141gb");

    public void Dispose() => machine.Dispose();

    [Fact]
    public void A_matrix_measures_a_victim_beside_every_storm()
    {
        var run = GpuRun.Of(machine, "[2x1g.18gb]", "[{probe: mem.read, bytes: 256KiB}]", $"modes: [matrix]\nexclude: [{{slice: 1g.18gb@1}}]\n{Small}");
        Assert.True(run.Exit is 0 or 4, run.ToString());
        // Beside none, and beside each of eleven.
        Assert.Equal(12, run.Trials.Count);
        Assert.All(run.Trials, t => Assert.True(t.Status == "ok" && !t.Flags.Contains("wrong-data"), $"{t}\n{run}"));
        foreach (var cell in run.Data.Plan.Cells.Where(c => c.Works?.Count > 1))
        {
            var storm = run.Data.Samples.Where(s => CellEvidences.TrialId(s.Trial)?.Cell == cell.Number && s.Slice == "1g.18gb@1").ToList();
            Assert.True(storm.Count > 0 && storm.All(s => s.Phase is Phase.Together or Phase.Warmup && s.Value > 0), $"{cell}: {storm.Count} samples");
        }
        Assert.Contains("storm.tlb", File.ReadAllText(Path.Combine(run.Folder, "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_dial_sets_storms_to_part_of_what_they_reach_alone_and_contention_takes_them_as_victims()
    {
        var run = GpuRun.Of(machine, "[2x1g.18gb]", "[{probe: storm.dram, bytes: 1MiB}]", "modes: [dial, contention]\ndial: [0%, 50%]\nexclude: [{slice: 1g.18gb@1}]\naggressors: [storm.fence]");
        Assert.True(run.Exit is 0 or 4, run.ToString());
        Assert.All(run.Trials, t => Assert.True(t.Status == "ok" && !t.Flags.Contains("wrong-data"), $"{t}\n{run}"));
        Assert.Equal(4, run.Trials.Count);
        var half = run.Data.Events.OfType<TrialWindow>().SelectMany(w => w.Rates ?? new Dictionary<string, WindowRate>()).Single(r => r is { Key: "1g.18gb@1", Value.Duty: 0.5 }).Value;
        // The share of time that it works is set by its rests; what it reaches then depends on who else wants this processor.
        Assert.True(half.PeriodNs > 2 * 200_000, $"{half}");
    }

    [Theory]
    [InlineData("gpu-aggressors.yaml", 7 * 12), InlineData("gpu-dial.yaml", 2 * 5 * 2)]
    public void The_sweeps_that_ship_are_planned_on_a_gpu_and_rehearsed_on_a_simulated_one(string file, int cells)
    {
        // One repeat shows that every cell can be measured.
        var path = Path.Combine(machine.Folder, file);
        File.WriteAllText(path, Sweeps.Repository.Text($"scripts/sweeps/{file}").Replace("repeats: 6", "repeats: 1", StringComparison.Ordinal));
        var plan = machine.Nvml.Run("run", path, "--dry-run");
        Assert.True(plan.Exit == 0, plan.Errors);
        Assert.Contains("Nothing was touched", plan.Output, StringComparison.Ordinal);
        var folder = Path.Combine(machine.Folder, "rehearsed");
        var rehearsed = machine.Nvml.Run("run", path, "--on", "sim:h200-141gb", "--out", folder);
        Assert.True(rehearsed.Exit == 0, rehearsed.Output + rehearsed.Errors);
        var data = RunFolderReader.Read(folder);
        Assert.Equal(cells, data.Plan.Cells.Count);
        Assert.All(data.Events.OfType<TrialDone>(), t => Assert.Equal("ok", t.Status));
    }

    [Fact]
    public async Task A_leak_of_address_translation_is_found_and_nothing_else()
    {
        using var run = await SimulatedRun.Of("layouts: 2x3g.71gb\nmodes: matrix\neffort: quick\nrepeats: 6\nprobes: [{probe: lat.chase, bytes: 1GiB}]\naggressors: [storm.tlb, storm.dram, storm.fence]\nexclude: [{slice: 3g.71gb@4}]",
            plant: "coupling:\n  - {resource: latency, victim: 3g.71gb@0, aggressor_probe: storm.tlb, size: 8%}\n");
        var matrix = Assert.Single(run.Analysis.Interference.Matrices);
        Assert.Equal(["storm.tlb", "storm.dram", "storm.fence"], matrix.Aggressors.Skip(1).Select(a => a.Work.Split(' ')[0]));
        Assert.Equal([VerdictKind.Coupled, VerdictKind.Isolated, VerdictKind.Isolated], matrix.Cells[0].Skip(1).Select(c => c!.Verdict.Kind));
    }
}
