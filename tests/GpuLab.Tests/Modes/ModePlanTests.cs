using GpuLab.Sweeps;
using GpuLab.Tests.Sweeps;

namespace GpuLab.Tests.Modes;

/// <summary>What cells each mode gives, and what it refuses.</summary>
public sealed class ModePlanTests
{
    const string Head = "name: t\nlayouts: [3x1c]\nprobes: [mem.read]\n";

    [Fact]
    public void Matrix_puts_each_slice_beside_none_each_other_and_all_others()
    {
        var cells = Cells(Head + "modes: [matrix]");

        Assert.Equal(3 * (1 + 2 + 1), cells.Count);
        Assert.Equal(["", "1c@1", "1c@2", "1c@1+1c@2"], cells.Where(c => c.Slice == "1c@0").Select(Beside));
        Assert.All(cells.SelectMany(c => c.Works), w => Assert.Equal("mem.read", w.Probe.Id));
        Assert.Equal("mem.read on 1c@0 of 3x1c, matrix, beside mem.read on 1c@1+1c@2", cells[3].ToString());
    }

    [Fact]
    public void Aggressors_do_what_they_are_told_and_nobody_is_beside_none_only_once()
    {
        var cells = Cells("name: t\nlayouts: [2x1c]\nprobes: [mem.read, lat.chase]\naggressors: [mem.copy, {probe: mem.curve, bytes: [64KiB, 1MiB]}]\nmodes: [matrix]");

        // Two victims, two probes; beside none, and beside the other with each of three loads.
        Assert.Equal(2 * 2 * (1 + 3), cells.Count);
        Assert.Equal(2 * 2, cells.Count(c => c.Works.Count == 0));
        Assert.Equal(["mem.copy", "mem.curve", "mem.curve"], cells.Where(c => c.Slice == "1c@0" && c.Probe.Id == "mem.read").SelectMany(c => c.Works).Where(w => w.Role == Role.Aggressor).Select(w => w.Probe.Id));
    }

    [Fact]
    public void Two_slices_have_no_cell_for_all_others_because_the_other_is_all() =>
        Assert.Equal(4, Cells("name: t\nlayouts: [2x1c]\nprobes: [mem.read]\nmodes: [matrix]").Count);

    [Fact]
    public void Contention_goes_from_one_slice_to_all()
    {
        var cells = Cells(Head + "modes: [contention]");
        Assert.Equal([1, 2, 3], cells.Select(c => c.WorksOn(["1c@0", "1c@1", "1c@2"]).Count));
        Assert.All(cells.SelectMany(c => c.Works), w => Assert.Equal(Role.Victim, w.Role));
    }

    [Fact]
    public void Dial_sets_all_others_to_each_share_in_order_and_leaves_them_idle_at_none()
    {
        var cells = Cells(Head + "modes: [dial]\ndial: [100%, 0%, 0.5]");
        Assert.Equal(3 * 3, cells.Count);
        Assert.Equal([0, 0.5, 1], cells.Take(3).Select(c => c.Works[1].Duty));
        Assert.Equal([1, 3, 3], cells.Take(3).Select(c => c.WorksOn([]).Count));
    }

    [Fact]
    public void Null_measures_each_slice_twice()
    {
        var cells = Cells(Head + "modes: [null]");
        Assert.Equal([1, 2, 1, 2, 1, 2], cells.Select(c => c.Twin));
        Assert.Equal(["1c@0", "1c@0"], cells.Take(2).Select(c => c.Slice));
    }

    [Fact]
    public void Mixed_gives_names_before_profiles_before_others()
    {
        var cell = Assert.Single(Cells("name: t\nlayouts: [2c+2x1c]\nmodes: [mixed]\nmixed:\n  - {slice: others, probe: mem.read}\n  - {slice: 1c, probe: mem.copy}\n  - {slice: 1c@3, probe: lat.chase, bytes: 1MiB}"));
        Assert.Equal(["mem.read on 2c@0", "mem.copy on 1c@2", "lat.chase bytes=1MiB on 1c@3"], cell.Works.Select(w => w.ToString()));
    }

    [Theory]
    [InlineData("modes: [mixed]\nprobes: [mem.read]", "mode mixed needs the key 'mixed'")]
    [InlineData("modes: [mixed]\nmixed: [{probe: mem.read}]", "has no 'slice'")]
    [InlineData("modes: [mixed]\nmixed: [mem.read]", "expected a map with 'slice', 'probe' and its parameters")]
    [InlineData("modes: [mixed]\nmixed: [{slice: 1c, probe: mem.red}]", "did you mean")]
    [InlineData("modes: [mixed]\nmixed: [{slice: 1c, probe: mem.read, bytes: [1MiB, 2MiB]}]", "'bytes' has several values")]
    [InlineData("modes: [mixed]\nmixed: [{slice: 1c, probe: mem.read}, {slice: 1c, probe: mem.copy}]", "'1c' has a workload already")]
    [InlineData("modes: [solo]\nprobes: [mem.read]\nmixed: [{slice: 1c, probe: mem.read}]", "'mixed' is of no use without mode mixed")]
    [InlineData("modes: [solo]\nprobes: [mem.read]\naggressors: [mem.copy]", "'aggressors' is of no use without mode matrix or dial")]
    [InlineData("modes: [matrix]\nprobes: [mem.read]\ndial: [50%]", "'dial' is of no use without mode dial")]
    [InlineData("modes: [dial]\nprobes: [mem.read]\ndial: [150%]", "too large: the most is 100%")]
    [InlineData("modes: [mixed, solo]\nmixed: [{slice: 1c, probe: mem.read}]", "'probes' is missing")]
    [InlineData("modes: [matrix]\nprobes: [mem.read]\naggressors: [mem.copy, mem.copy]", "measured already")]
    public void What_makes_no_sense_is_said_with_its_place(string text, string message)
    {
        var errors = SweepReader.Read("name: t\n" + text, "t.yaml", TestCatalogue.Probes).Errors;
        Assert.Contains(errors, e => e.Message.Contains(message, StringComparison.OrdinalIgnoreCase));
        Assert.All(errors, e => Assert.True(e.Place.Line >= 1));
    }

    [Fact]
    public void One_slice_alone_has_nothing_beside_it_and_says_so()
    {
        var result = Planner.Plan(Read("name: t\nlayouts: [whole]\nprobes: [mem.read]\nmodes: [matrix, contention, dial, null]"), new CoreDevice(4), (_, _, _) => null);
        Assert.Equal(2, result.Plan!.Trials.Select(t => t.Cell).Distinct().Count());
        Assert.Equal(["matrix on whole", "contention on whole", "dial on whole"], result.Plan.Skips.Select(s => s.What));
    }

    [Fact]
    public void A_mix_that_a_layout_cannot_give_is_skipped_with_the_reason()
    {
        var result = Planner.Plan(Read("name: t\nlayouts: [2x1c]\nmodes: [mixed]\nmixed: [{slice: 2c, probe: mem.read}]"), new CoreDevice(4), (_, _, _) => null);
        Assert.Contains("no slice is left for mem.read on '2c': the slices are 1c@0 1c@1", Assert.Single(result.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_aggressor_that_cannot_run_costs_its_cells_only()
    {
        var result = Planner.Plan(Read("name: t\nlayouts: [2x1c]\nprobes: [mem.read]\naggressors: [mem.copy, compute.fp64]\nmodes: [matrix]"), new CoreDevice(4),
            (probe, _, _) => probe.Id == "compute.fp64" ? "not here" : null);
        Assert.Equal(4, result.Plan!.Trials.Select(t => t.Cell).Distinct().Count());
        Assert.Equal(("compute.fp64", "not here", 2), (result.Plan.Skips[0].What, result.Plan.Skips[0].Reason, result.Plan.Skips[0].Cells));
    }

    static Sweep Read(string text)
    {
        var reading = SweepReader.Read(text, "t.yaml", TestCatalogue.Probes);
        Assert.Empty(reading.Errors);
        return reading.Sweep!;
    }

    static List<Cell> Cells(string text) =>
        [.. Planner.Plan(Read(text), new CoreDevice(4), (_, _, _) => null).Plan!.Trials.Where(t => t.Repeat == 1).Select(t => t.Cell).OrderBy(c => c.Number)];

    static string Beside(Cell cell) => string.Join('+', cell.Works.Where(w => w.Role == Role.Aggressor).Select(w => w.Slice));
}
