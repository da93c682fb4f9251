using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Tests.Truth;

/// <summary>Every mode on a simulated GPU with a planted coupling: 20 % of memory bandwidth on the slice at unit 0, nothing elsewhere.</summary>
public sealed class PlantedModeTests
{
    const string Plant = "noise: {within: 0.5%}\ncoupling: {resource: memory, victim: 2g.35gb@0, aggressor: \"*\", aggressor_resource: memory, size: 20%}";

    [Fact]
    public async Task The_matrix_shows_who_loses_to_whom_and_nothing_beside_none()
    {
        var matrix = Assert.Single((await TruthRun.Run(Sweep("matrix"), Plant)).Interference.Matrices);

        Assert.Equal(["2g.35gb@0", "2g.35gb@2", "2g.35gb@4"], matrix.Victims);
        Assert.Equal(["none", "2g.35gb@0", "2g.35gb@2", "2g.35gb@4", "all others"], matrix.Aggressors.Select(a => a.Name));
        Assert.Equal(["ISOLATED", "–", "COUPLED", "COUPLED", "COUPLED"], Verdicts(matrix, 0));
        Assert.Equal(["ISOLATED", "ISOLATED", "–", "ISOLATED", "ISOLATED"], Verdicts(matrix, 1));
        Assert.Equal(0.8, matrix.Cells[0][2]!.Ratio.Ratio, 0.005);
        Assert.All(matrix.Cells.SelectMany(r => r).OfType<Coupling>(), c => Assert.True(c.Together.Proof is { Busy: > 0.95, Window: > 0.01, Rate: > 0 }));
    }

    [Fact]
    public async Task Contention_adds_up_what_was_done_in_the_window()
    {
        var curve = Assert.Single((await TruthRun.Run(Sweep("contention"), Plant)).Interference.Contention);

        Assert.Equal([1, 2, 3], curve.Points.Select(p => p.Slices));
        Assert.Equal(1, curve.Points[0].Worst, 0.005);
        // From two slices on, one of them keeps 80 %.
        Assert.Equal(1.8 / 2, curve.Points[1].Aggregate / curve.Points[1].Ideal, 0.01);
        Assert.Equal(2.8 / 3, curve.Points[2].Aggregate / curve.Points[2].Ideal, 0.01);
        Assert.Equal(LayoutIndices.Jain([0.8, 1, 1]), curve.Points[2].Jain, 0.002);
    }

    [Fact]
    public async Task A_dialled_aggressor_reaches_its_share_and_costs_its_share()
    {
        var analysis = await TruthRun.Run(Sweep("dial", "exclude: {slice: [\"2g.35gb@2\", \"2g.35gb@4\"]}\n"), Plant);
        var dial = Assert.Single(analysis.Interference.Dials);

        Assert.Equal([0, 0.25, 0.5, 0.75, 1], dial.Points.Select(p => p.Duty));
        foreach (var point in dial.Points)
        {
            Assert.Equal(1 - 0.2 * point.Duty, point.Coupling.Ratio.Ratio, 0.005);
            if (point.Duty is > 0 and < 1) Assert.Equal(point.Duty, point.Achieved, 0.02);
        }
        Assert.DoesNotContain(analysis.Findings, f => f.Gate == "no-overlap");
    }

    [Fact]
    public async Task The_same_cell_twice_comes_out_the_same()
    {
        var analysis = await TruthRun.Run(Sweep("null"), Plant);
        Assert.Equal(3, analysis.Interference.Nulls.Count);
        Assert.All(analysis.Interference.Nulls, n => Assert.Equal(("ISOLATED", "ISOLATED", "SAME"), (n.First.Verdict.ToString(), n.Second.Verdict.ToString(), n.Verdict.ToString())));
        Assert.DoesNotContain(analysis.Findings, f => f.Gate == "null-differs");
    }

    [Fact]
    public async Task Each_slice_of_a_mix_is_judged_by_its_own_metric()
    {
        var analysis = await TruthRun.Run(Sweep("mixed", "mixed: [{slice: \"2g.35gb@0\", probe: mem.copy}, {slice: others, probe: compute.fp32}]\n"), Plant);
        Assert.Equal(["mem.copy", "compute.fp32", "compute.fp32"], analysis.Couplings.Select(c => c.Together.Probe.Id));
        // Arithmetic beside it is no aggressor of memory.
        Assert.All(analysis.Couplings, c => Assert.Equal(VerdictKind.Isolated, c.Verdict.Kind));
        Assert.Equal("compute.fp32 on 2g.35gb@2+2g.35gb@4", analysis.Couplings[0].Together.Beside);
    }

    [Fact]
    public async Task Certain_cells_are_not_repeated_and_the_rest_of_the_run_is_whole()
    {
        var analysis = await TruthRun.Run(Sweep("matrix").Replace("repeats: 6", "repeats: 12", StringComparison.Ordinal), Plant, untilDecided: true);
        var done = analysis.Run.Events.OfType<TrialDone>().ToList();

        Assert.Equal(analysis.Run.Plan.Trials.Count, done.Count);
        var decided = done.Where(d => d.Status == "decided").ToList();
        Assert.NotEmpty(decided);
        Assert.All(decided, d => Assert.Contains("repeats", d.Reason, StringComparison.Ordinal));
        Assert.All(analysis.Couplings, c => Assert.InRange(c.Ratio.Repeats, 6, 12));
        Assert.DoesNotContain(analysis.Findings, f => f.Gate is "failed" or "unfinished");
        Assert.Equal(["ISOLATED", "–", "COUPLED", "COUPLED", "COUPLED"], Verdicts(analysis.Interference.Matrices[0], 0));
    }

    static string Sweep(string mode, string more = "") => $$"""
        name: modes
        device: sim:h200-141gb
        layouts: [3x2g.35gb]
        modes: [{{mode}}]
        effort: quick
        min_time: 20ms
        repeats: 6
        probes: [mem.copy]
        {{more}}
        """;

    static IEnumerable<string> Verdicts(IsolationMatrix matrix, int row) => matrix.Cells[row].Select(c => c?.Verdict.ToString() ?? "–");
}
