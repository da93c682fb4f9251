using GpuLab.Results;

namespace GpuLab.Tests.Simulation;

public sealed class VirtualTimeTests
{
    const string Sweep = "layouts: [whole, 3g.71gb+2x2g.35gb]\nmodes: [solo, concurrent]\neffort: quick\nrepeats: 2\nprobes: [mem.triad, link.h2d, compute.bf16, lat.chase]\nseed: 7";

    [Fact]
    public async Task The_same_sweep_and_seed_give_the_same_bytes()
    {
        using var first = await SimulatedRun.Of(Sweep);
        using var second = await SimulatedRun.Of(Sweep);
        Assert.True(first.Samples.Length > 100_000);
        Assert.Equal(first.Samples, second.Samples);
    }

    [Fact]
    public async Task Worker_processes_give_the_same_bytes_as_threads()
    {
        using var threads = await SimulatedRun.Of(Sweep);
        using var processes = await SimulatedRun.Of(Sweep, processes: true);
        Assert.Equal(threads.Samples, processes.Samples);
    }

    [Fact]
    public async Task Pacing_changes_no_figure()
    {
        const string sweep = "layouts: 2x3g.71gb\nmodes: concurrent\neffort: quick\nrepeats: 1\nprobes: [mem.read]";
        using var fast = await SimulatedRun.Of(sweep);
        using var paced = await SimulatedRun.Of(sweep, timeScale: 0.2);
        Assert.Equal(fast.Samples, paced.Samples);
    }

    [Fact]
    public async Task Another_seed_gives_other_figures()
    {
        using var first = await SimulatedRun.Of(Sweep);
        using var second = await SimulatedRun.Of(Sweep.Replace("seed: 7", "seed: 8", StringComparison.Ordinal));
        Assert.NotEqual(first.Samples, second.Samples);
    }

    [Fact]
    public async Task Every_sample_says_that_it_is_simulated_and_none_is_lost()
    {
        using var run = await SimulatedRun.Of("layouts: 7x1g.18gb\nmodes: concurrent\nrepeats: 1\nprobes: [launch.rate]\nmin_time: 60s\nmax_time: 120s");
        Assert.All(run.Data.Samples, s => Assert.Equal(SampleRow.Simulated, s.Flags));
        // More than the shared ring holds, so that a worker had to wait for the coordinator.
        Assert.True(run.Data.Samples.Count > 7 * 20_000);
        foreach (var phase in run.Data.Samples.GroupBy(s => (s.Trial, s.Slice, s.Phase))) Assert.Equal(Enumerable.Range(0, phase.Count()).Select(i => (long)i), phase.Select(s => s.Index));
        Assert.Empty(run.Done("c1r1").Flags);
    }

    [Fact]
    public async Task Phases_follow_one_another_and_slices_overlap_only_together()
    {
        using var run = await SimulatedRun.Of("layouts: 2x3g.71gb\nmodes: concurrent\neffort: quick\nrepeats: 1\nprobes: [mem.read]");
        var spans = run.Data.Samples.GroupBy(s => (s.Phase, s.Slice)).Select(g => (g.Key.Phase, Start: g.Min(s => s.StartNs), End: g.Max(s => s.EndNs))).ToList();
        foreach (var a in spans)
        {
            foreach (var b in spans.Where(b => b != a))
            {
                var overlap = a.Start < b.End && b.Start < a.End;
                Assert.Equal(a.Phase == b.Phase && a.Phase is Phase.Together or Phase.Warmup && b.Phase == a.Phase, overlap);
            }
        }
    }
}
