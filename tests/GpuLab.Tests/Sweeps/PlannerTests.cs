using GpuLab.Model;
using GpuLab.Sweeps;

namespace GpuLab.Tests.Sweeps;

public class PlannerTests
{
    const string Head = "name: t\nprobes: [mem.read]\n";

    [Fact]
    public void Solo_gives_a_cell_for_every_slice_and_concurrent_one_for_the_layout()
    {
        var plan = Plan(Head + "layouts: [whole, 2x1c]\nmodes: [solo, concurrent]\nrepeats: 1");

        Assert.Equal(
            ["mem.read on whole, solo", "mem.read on 1c@0 of 2x1c, solo", "mem.read on 1c@1 of 2x1c, solo", "mem.read on 2x1c, concurrent"],
            plan.Trials.Select(t => t.Cell).OrderBy(c => c.Number).Select(c => c.ToString()));
        Assert.Equal([1, 2, 3, 4], plan.Trials.Select(t => t.Cell.Number).Order());
        Assert.Equal(new Skip("concurrent on whole", "one slice: nothing runs beside it; see mode solo", 1), Assert.Single(plan.Skips));
    }

    [Fact]
    public void Parameters_are_combined_in_declared_order_with_defaults()
    {
        var plan = Plan("name: t\nprobes:\n  - {probe: load.file, cache: [cold, warm], bytes: [1MiB, 2MiB]}\nrepeats: 1");

        Assert.Equal(
            ["bytes=1MiB cache=cold block=1MiB", "bytes=1MiB cache=warm block=1MiB", "bytes=2MiB cache=cold block=1MiB", "bytes=2MiB cache=warm block=1MiB"],
            plan.Trials.Select(t => t.Cell).OrderBy(c => c.Number).Select(c => c.Parameters.ToString()));
    }

    [Fact]
    public void A_parameter_without_default_is_left_to_the_probe() => Assert.Equal(Parameters.None, Plan(Head).Trials.First().Cell.Parameters);

    [Theory]
    [InlineData("{probe: mem.read}", 12)]
    [InlineData("{probe: \"!=mem.read\"}", 3)]
    [InlineData("{probe: load.file, bytes: \">1MiB\"}", 9)]
    [InlineData("{probe: load.file, bytes: \">=1MiB\"}", 3)]
    [InlineData("{bytes: \"<2MiB\", cache: cold}", 12)]
    [InlineData("{cache: [cold, warm]}", 3)]
    [InlineData("{layout: whole}", 10)]
    [InlineData("{layout: 1c+1c}", 5)]
    [InlineData("{slice: 1c@0}", 10)]
    [InlineData("{slice: 1c}", 5)]
    [InlineData("{slice: \"!=1c\"}", 10)]
    [InlineData("{mode: solo, layout: \"!=whole\", probe: load.file}", 7)]
    public void Exclusions_leave_out_the_cells_that_meet_all_conditions(string entry, int left)
    {
        // mem.read 3 cells; load.file 2 sizes × 2 states × 3 slices = 12.
        var plan = Plan($"name: t\nlayouts: [whole, 2x1c]\nrepeats: 1\nprobes:\n  - mem.read\n  - {{probe: load.file, bytes: [1MiB, 2MiB], cache: [cold, warm]}}\nexclude:\n  - {entry}\n");

        Assert.Equal(left, plan.TrialCount);
        Assert.Empty(plan.Skips);
    }

    [Fact]
    public void An_exclusion_that_matches_nothing_is_pointed_out()
    {
        var plan = Plan(Head + "exclude:\n  - {slice: 9c}\n  - {mode: concurrent}\nlayouts: [2x1c]\nmodes: [solo, concurrent]");

        Assert.Equal(new Skip("exclude entry 1", "matches no cell", 0), Assert.Single(plan.Skips));
    }

    [Fact]
    public void What_the_device_cannot_run_is_skipped_with_its_reason()
    {
        var result = Planner.Plan(Read("name: t\nprobes: [mem.read, launch.sync]\nlayouts: [2x1c]\nmodes: [solo, concurrent]\n"), new CoreDevice(4),
            (probe, slice, _) => probe.Id == "launch.sync" && slice.Start == 1 ? "needs core 0" : null);

        Assert.Equal(new Skip("launch.sync", "needs core 0", 2), Assert.Single(result.Plan!.Skips));
        Assert.Equal(4, result.Plan.Trials.Select(t => t.Cell).Distinct().Count());
    }

    [Fact]
    public void Nothing_left_is_an_error_with_the_reasons()
    {
        var result = Planner.Plan(Read(Head), new CoreDevice(4), (_, _, _) => "needs a GPU");

        Assert.Null(result.Plan);
        Assert.Equal("t.yaml:2:10: nothing is left to measure. mem.read: needs a GPU.", Assert.Single(result.Errors).ToString());
    }

    [Theory]
    [InlineData("layouts: [whole, 8x1c]", "t.yaml:3:18: layout 8x1c: there are 4 cores.")]
    [InlineData("layouts: [{generate: all, containing: 9c}]", "t.yaml:3:11: partitioner cores has no all layout with a slice of 9c for this device.")]
    [InlineData("partitioner: mig", "t.yaml:3:14: test host has no partitioner 'mig': it has cores.")]
    [InlineData("exclude: {mode: solo}", "t.yaml:2:10: nothing is left to measure: every cell is excluded.")]
    public void What_the_device_refuses_is_said_with_its_place(string line, string error)
    {
        var result = Try(Head + line);

        Assert.Null(result.Plan);
        Assert.Equal(error, Assert.Single(result.Errors).ToString());
    }

    [Fact]
    public void A_partitioner_that_generates_nothing_says_so()
    {
        var result = Planner.Plan(Read(Head + "layouts: [{generate: all}]"), new CoreDevice(4, generates: false), (_, _, _) => null);

        Assert.Contains("cannot generate layouts", Assert.Single(result.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_refusals_come_together_in_order()
    {
        var result = Try(Head + "layouts: [5x1c, 6x1c]\npartitioner: cores");

        Assert.Equal([(3, 11), (3, 17)], result.Errors.Select(e => (e.Place.Line, e.Place.Column)));
    }

    [Theory]
    [InlineData("{generate: uniform}", "4c 2x2c 3c 4x1c")]
    [InlineData("{generate: maximal}", "4c 3c+1c 2x2c 2c+2x1c 4x1c")]
    [InlineData("{generate: maximal, containing: 2c}", "2x2c 2c+2x1c")]
    [InlineData("{generate: all, limit: 7}", "4c 3c+1c 2x2c 2c+2x1c 4x1c 3c 2c+1c")]
    [InlineData("{generate: uniform}, 2x2c", "4c 2x2c 3c 4x1c")]
    public void Generated_layouts_are_those_of_the_device(string choice, string layouts)
    {
        var found = Plan(Head + $"layouts: [{choice}]").Groups.Select(g => g.Layout.ToString());

        Assert.Equal(layouts.Split(' ').Order(), found.Order());
    }

    [Fact]
    public void Generating_ends_soon_where_layouts_are_beyond_counting()
    {
        // 128 cores can be cut in four thousand million ways.
        var result = Planner.Plan(Read(Head + "layouts: [{generate: all, containing: 1c, limit: 3}]"), new CoreDevice(128), (_, _, _) => null);
        Assert.Equal(["127c+1c", "126c+2x1c", "125c+2c+1c"], result.Plan!.Groups.Select(g => g.Layout.ToString()));

        var rare = Planner.Plan(Read(Head + "layouts: [{generate: maximal, containing: 120c}]"), new CoreDevice(128), (_, _, _) => null);
        Assert.Equal(22, rare.Plan!.Groups.Count);
        Assert.Equal("generate maximal", Assert.Single(rare.Plan.Skips).What);
    }

    [Fact]
    public void Repeats_are_outermost_and_each_is_shuffled_anew()
    {
        var plan = Plan("name: t\nrepeats: 4\nprobes: [{probe: mem.read, bytes: {from: 1MiB, to: 64MiB, step: 1MiB}}]");
        var repeats = plan.Trials.Chunk(64).ToArray();

        Assert.Equal(4, repeats.Length);
        for (var r = 0; r < 4; r++)
        {
            Assert.All(repeats[r], t => Assert.Equal(r + 1, t.Repeat));
            Assert.Equal(Enumerable.Range(1, 64), repeats[r].Select(t => t.Cell.Number).Order());
        }
        Assert.Equal(4, repeats.Select(r => string.Join(' ', r.Select(t => t.Cell.Number))).Distinct().Count());
    }

    [Fact]
    public void The_same_seed_gives_the_same_order_and_another_seed_another()
    {
        const string sweep = "name: t\nlayouts: [whole, 2x1c]\nprobes: [{probe: mem.read, bytes: {from: 1MiB, to: 64MiB, step: 1MiB}}]\n";
        string Order(string text, string layout) => string.Join(' ', Plan(text).Groups.First(g => g.Layout.ToString() == layout).Trials.Select(t => $"{t.Repeat}:{t.Cell}"));

        Assert.Equal(Order(sweep, "2x1c"), Order(sweep, "2x1c"));
        Assert.NotEqual(Order(sweep, "2x1c"), Order(sweep + "seed: 2", "2x1c"));
        // Measuring one layout less does not reorder the others.
        Assert.Equal(Order(sweep, "2x1c"), Order(sweep.Replace("whole, ", "", StringComparison.Ordinal), "2x1c"));
    }

    [Fact]
    public void The_order_of_a_seed_never_changes()
    {
        // Pinned: resumed runs and published figures rely on it.
        var plan = Plan("name: t\nrepeats: 2\nprobes: [{probe: mem.read, bytes: {from: 1MiB, to: 8MiB, step: 1MiB}}]");

        Assert.Equal(PinnedOrder, string.Join(' ', plan.Trials.Select(t => t.Id)));
    }

    const string PinnedOrder = "c7r1 c1r1 c5r1 c3r1 c2r1 c6r1 c4r1 c8r1 c4r2 c3r2 c6r2 c2r2 c1r2 c8r2 c7r2 c5r2";

    [Fact]
    public void Trials_are_told_apart_by_their_ids()
    {
        var plan = Plan("name: t\nlayouts: [whole, 2x1c, 4x1c]\nmodes: [solo, concurrent]\nprobes: [mem.read, mem.copy]\nrepeats: 5");

        Assert.Equal(plan.TrialCount, plan.Trials.Select(t => t.Id).Distinct().Count());
        Assert.Equal((1 + 2 + 1 + 4 + 1) * 2 * 5, plan.TrialCount);
    }

    [Theory]
    [InlineData("{from: 1MiB, to: 1100000B, step: 1B}", "repeats: 1000")]
    [InlineData("{from: 4KiB, to: 900000B, step: 1B}", "layouts: [whole, 4x1c]")]
    public void A_sweep_too_large_to_plan_is_refused_by_its_numbers(string bytes, string line) =>
        Assert.Contains("Split it.", Assert.Single(Try($"name: t\nprobes: [{{probe: mem.read, bytes: {bytes}}}]\n{line}").Errors).Message, StringComparison.Ordinal);

    [Fact]
    public void A_product_of_axes_beyond_all_numbers_is_refused()
    {
        var axis = "{from: 4096B, to: 200000B, step: 1B}";
        var result = Try($"name: t\nprobes: [{{probe: load.file, bytes: {axis}, block: {axis}, cache: [cold, warm]}}]");

        Assert.Contains("a sweep may have 1000000 cells", Assert.Single(result.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hundred_thousand_cells_are_planned()
    {
        var plan = Plan("name: t\nrepeats: 1\nlayouts: 4x1c\nprobes: [{probe: mem.read, bytes: {from: 4KiB, to: 29095B, step: 1B}}]");

        Assert.Equal(100_000, plan.TrialCount);
        Assert.Equal(100_000, plan.Trials.Select(t => t.Cell.Number).Distinct().Count());
    }

    [Fact]
    public void The_quickstart_fits_a_minute_on_two_cores()
    {
        var result = Planner.Plan(Read(Repository.Text("scripts/sweeps/quickstart.yaml")), new CoreDevice(2), (_, _, _) => null);

        Assert.InRange(result.Plan!.Seconds, 20, 50);
        Assert.Empty(result.Plan.Skips);
        Assert.Equal(6, result.Plan.Trials.Where(t => t.Cell.Mode == Mode.Concurrent).Select(t => t.Cell).Distinct().Count());
        Assert.All(result.Plan.Trials.Where(t => t.Cell.Probe.Axis is not null), t => Assert.True(t.Cell.Layout.IsWhole));
    }

    static Plan Plan(string text)
    {
        var result = Try(text);
        Assert.Empty(result.Errors);
        return result.Plan!;
    }

    static PlanResult Try(string text) => Planner.Plan(Read(text), new CoreDevice(4), (_, _, _) => null);

    static Sweep Read(string text)
    {
        var reading = SweepReader.Read(text, "t.yaml", TestCatalogue.Probes);
        Assert.Empty(reading.Errors);
        return reading.Sweep!;
    }
}
