using System.Diagnostics;
using GpuLab.Reports.Comparison;
using GpuLab.Results;
using GpuLab.Statistics;
using Xunit.Abstractions;
using static GpuLab.Tests.Comparison.RunMaker;

namespace GpuLab.Tests.Comparison;

public sealed class ComparerTests(ITestOutputHelper output)
{
    static RunComparison Compare(params Analysis[] runs) => Compared(runs, new());

    [Fact]
    public void A_rate_that_falls_is_slower_and_one_that_rises_is_faster()
    {
        var c = Compare(Run(_ => 100, 3, seed: 1), Run(n => n == 0 ? 90 : n == 1 ? 110 : 100, 3, seed: 2));
        Assert.Equal([VerdictKind.Slower, VerdictKind.Faster, VerdictKind.Same], c.Cells.Select(x => x.Outcomes[1]!.Verdict.Kind));
        Assert.InRange(c.Cells[0].Outcomes[1]!.Ratio.Ratio, 0.895, 0.905);
        Assert.True(c.Cells[0].Outcomes[1]!.Interval is var i && i.Low < 0.9 && i.High > 0.9 && i.High < 0.91);
        Assert.Equal(0.9, c.Outcomes.First().Outcome.Ratio.Ratio, 2);
    }

    [Fact]
    public void A_time_that_rises_is_slower()
    {
        var c = Compare(Run(_ => 1e-7, probe: Chase, seed: 1), Run(_ => 1.2e-7, probe: Chase, seed: 2));
        Assert.Equal(VerdictKind.Slower, c.Cells[0].Outcomes[1]!.Verdict.Kind);
        Assert.InRange(c.Cells[0].Outcomes[1]!.Ratio.Ratio, 0.82, 0.84);
    }

    [Fact]
    public void Fewer_than_six_repeats_claim_nothing_and_say_why()
    {
        var o = Compare(Run(_ => 100, repeats: 5, seed: 1), Run(_ => 50, repeats: 9, seed: 2)).Cells[0].Outcomes[1]!;
        Assert.Equal(VerdictKind.Undecided, o.Verdict.Kind);
        Assert.Contains("5 repeats; a verdict needs 6", o.Verdict.Reason, StringComparison.Ordinal);
        Assert.InRange(o.Ratio.Ratio, 0.49, 0.51);
    }

    [Fact]
    public void A_figure_that_is_not_valid_makes_its_cell_invalid()
    {
        var c = Compare(Run(_ => 100, seed: 1), Run(_ => 50, seed: 2, worst: Severity.Invalid));
        var o = Assert.Single(c.Invalid).Outcome;
        Assert.Contains("B: mem.test/main", o.Verdict.Reason, StringComparison.Ordinal);
        Assert.Empty(c.Regressions(0));
        Assert.Equal(VerdictKind.Same, Compare(Run(_ => 100, seed: 1), Run(_ => 100, seed: 2, worst: Severity.Suspect)).Cells[0].Outcomes[1]!.Verdict.Kind);
    }

    [Fact]
    public void A_regression_is_shown_to_be_slower_and_is_larger_than_asked()
    {
        var c = Compare(Run(_ => 100, 2, seed: 1), Run(n => n == 0 ? 96 : 80, 2, seed: 2));
        Assert.Equal(2, c.Regressions(0.02).Count());
        Assert.Equal(0.8, Assert.Single(c.Regressions(0.05)).Outcome.Ratio.Ratio, 2);
        Assert.Empty(c.Regressions(0.25));
        var noisy = Compare(Run(_ => 100, seed: 1, noise: 0.4), Run(_ => 93, seed: 2, noise: 0.4));
        Assert.Empty(noisy.Regressions(0.01));
    }

    [Fact]
    public void Equal_slices_meet_in_order_of_place_and_other_layouts_do_not_meet()
    {
        SliceDocument[] cut = [new("1c@0", "1c", 0, 1, [0]), new("1c@1", "1c", 1, 1, [1])];
        SliceDocument[] moved = [new("1c@5", "1c", 5, 1, [5]), new("1c@3", "1c", 3, 1, [3])];
        var c = Compare(Run(_ => 100, layout: "2x1c", slices: cut), Run(_ => 100, layout: "2x1c", slices: moved, seed: 2));
        Assert.Equal(["1c #1", "1c #2"], c.Cells.Select(x => x.Key.Slice));
        Assert.Equal([("1c@0", "1c@3"), ("1c@1", "1c@5")], c.Cells.Select(x => (x.Sides[0]!.Figure.Slice, x.Sides[1]!.Figure.Slice)));
        var none = Compare(Run(_ => 100), Run(_ => 100, layout: "2x1c", slices: cut));
        Assert.Empty(none.Cells);
        Assert.Equal([1, 2], none.Alone);
    }

    [Fact]
    public void Across_devices_a_mig_slice_is_its_compute_slices_and_its_share_of_the_memory()
    {
        SliceDocument[] h100 = [new("1g.10gb@0", "1g.10gb", 0, 1, []), new("3g.40gb@4", "3g.40gb", 4, 4, [])], h200 = [new("1g.18gb@0", "1g.18gb", 0, 1, []), new("3g.71gb@4", "3g.71gb", 4, 4, [])];
        var c = Compare(Run(_ => 100, device: "sim:h100-sxm-80gb", name: "H100", layout: "3g.40gb+1g.10gb", slices: h100, units: 8), Run(_ => 140, device: "sim:h200-141gb", name: "H200", layout: "3g.71gb+1g.18gb", slices: h200, units: 8, seed: 2));
        Assert.Equal(["1g 1/8", "3g 4/8"], c.Cells.Select(x => x.Key.Slice));
        Assert.Equal("device", c.Subject);
        Assert.Empty(c.Objections);
    }

    [Fact]
    public void Any_parameter_can_be_what_columns_differ_in()
    {
        var run = Run(n => 100 - (20 * n), 3);
        var c = Compared([run, Run(n => 50 - (10 * n), 3, seed: 2)], new("bytes"));
        Assert.Equal(["64KiB", "128KiB", "192KiB"], c.Columns);
        Assert.Equal(["A", "B"], c.Cells.Select(x => x.Key.Run));
        Assert.All(c.Cells, x => Assert.Equal([VerdictKind.Slower, VerdictKind.Slower], x.Outcomes.Skip(1).Select(o => o!.Verdict.Kind)));
        Assert.Equal(["run", "layout", "mode", "slice", "phase", "bytes"], Comparer.Axes([RunFigures.Of(run)]));
    }

    [Fact]
    public void Layouts_are_held_against_one_that_shares_slices_with_others()
    {
        Analysis Of(string layout, double level, params string[] profiles) => Run(_ => level, layout: layout, slices: [.. profiles.Select((p, i) => new SliceDocument($"{p}@{i}", p, i, 1, []))]);
        Analysis[] runs = [Of("whole", 8, "whole"), Of("2x1c", 1, "1c", "1c"), Of("1c+2c", 1.1, "1c", "2c"), Of("1c", 1.2, "1c")];
        var one = runs[0] with { Figures = [.. runs.SelectMany(r => r.Figures)], Run = runs[0].Run with { Plan = runs[0].Run.Plan with { Layouts = [.. runs.SelectMany(r => r.Run.Plan.Layouts)] } } };
        var c = Compared([one], new("layout"));
        Assert.NotEqual("whole", c.Columns[0]);
        Assert.NotEmpty(c.Outcomes);
        Assert.Equal("layout", c.Subject);
    }

    [Fact]
    public void Of_phases_a_cell_is_not_said_to_be_in_one()
    {
        var run = Run(_ => 1, 2);
        var c = Compared([run with { Figures = [.. run.Figures, .. Run(_ => 0.8, 2, seed: 3).Figures.Select(f => f with { Phase = Phase.Together, Mode = "solo" })] }], new("phase"));
        Assert.Equal(["alone", "together"], c.Columns);
        Assert.All(c.Cells, x => Assert.DoesNotContain("alone", x.Key.ToString(), StringComparison.Ordinal));
        Assert.All(c.Groups, g => Assert.Equal(("", VerdictKind.Slower), (g.When, g.Verdicts.Single().Key)));
    }

    [Fact]
    public void Three_runs_are_each_held_against_the_first()
    {
        var c = Compare(Run(_ => 100, seed: 1), Run(_ => 120, seed: 2), Run(_ => 80, seed: 3));
        Assert.Equal([null, VerdictKind.Faster, VerdictKind.Slower], c.Cells[0].Outcomes.Select(o => o?.Verdict.Kind));
        Assert.Equal(["B", "C"], c.Groups.Select(g => g.Column));
        Assert.Equal(1.2, c.Groups[0].Ratio, 2);
    }

    [Fact]
    public void Rows_that_stand_together_are_named_by_what_tells_them_apart()
    {
        var key = new CellKey("", "2x1c", "solo", "1c #1", Phase.Solo, "mem.test/main", "bytes=1MiB");
        Assert.Equal(["bytes=1MiB", "bytes=2MiB"], CellKey.Shortest([key, key with { Parameters = "bytes=2MiB" }]));
        Assert.Equal(["1c #1 of 2x1c · alone", "1c #2 of 2x1c · together"], CellKey.Shortest([key, key with { Slice = "1c #2", Phase = Phase.Together }]));
        Assert.Equal(["mem.test/main bytes=1MiB · 1c #1 of 2x1c, alone"], CellKey.Shortest([key]));
    }

    [Fact]
    public void Only_the_cells_asked_for_are_compared()
    {
        var c = Compared([Run(_ => 1, 4), Run(_ => 1, 4, seed: 2)], new(Only: ["MEM.test", "128KiB"]));
        Assert.Equal("bytes=128KiB", Assert.Single(c.Cells).Key.Parameters);
    }

    [Fact]
    public void Many_equal_cells_seldom_yield_a_false_difference()
    {
        var c = Compare(Run(_ => 100, 2000, seed: 10, noise: 0.02), Run(_ => 100, 2000, seed: 99999, noise: 0.02));
        Assert.True(c.Cells.Count(x => x.Outcomes[1]!.Verdict.Kind is VerdictKind.Slower or VerdictKind.Faster) <= 1);
    }

    [Fact]
    public void Ten_thousand_cells_all_get_an_outcome()
    {
        var (a, b) = (Run(_ => 100, 10_000), Run(n => n % 2 == 0 ? 100 : 95, 10_000, seed: 2));
        var watch = Stopwatch.StartNew();
        var c = Compare(a, b);
        var compared = watch.ElapsedMilliseconds;
        var page = ComparisonPage.Render(c, "");
        output.WriteLine($"compared in {compared} ms, page of {page.Length} characters in {watch.ElapsedMilliseconds - compared} ms");
        Assert.Equal(10_000, c.Cells.Count(x => x.Outcomes[1] is not null));
        Assert.InRange(page.Length, 100_000, 3_000_000);
    }
}
