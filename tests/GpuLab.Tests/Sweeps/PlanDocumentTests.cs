using GpuLab.Results;
using GpuLab.Sweeps;

namespace GpuLab.Tests.Sweeps;

public class PlanDocumentTests
{
    [Fact]
    public void A_plan_is_written_with_its_places_cells_and_trials()
    {
        var sweep = SweepReader.Read("name: t\nprobes: [{probe: load.file, cache: [cold, warm]}]\nlayouts: [2x1c, whole]\nmodes: [solo, concurrent]\nrepeats: 2", "t.yaml", TestCatalogue.Probes).Sweep!;
        var result = Planner.Plan(sweep, new CoreDevice(2), (_, _, _) => null);

        var document = PlanDocuments.From(result.Plan!, result.Partitioner!, result.Placements);

        Assert.Equal((RunInfo.Current, "cores", 2, "cores"), (document.Schema, document.Partitioner, document.Units, document.UnitName));
        Assert.Equal(["2x1c", "whole"], document.Layouts.Select(l => l.Layout));
        Assert.Equal(["1c@0", "1c@1"], document.Layouts[0].Slices.Select(s => s.Name));
        Assert.Equal([1], document.Layouts[0].Slices[1].Cpus);
        Assert.Equal(Enumerable.Range(1, 8), document.Cells.Select(c => c.Number));
        Assert.All(document.Cells, c => Assert.Equal(2, c.Repeats));
        Assert.Equal(("2x1c", "solo", "1c@0", "load.file"), (document.Cells[0].Layout, document.Cells[0].Mode, document.Cells[0].Slice, document.Cells[0].Probe));
        Assert.Equal(new ParameterDocument("Word", double.NaN, "cold"), document.Cells[0].Parameters["cache"]);
        Assert.Equal(new ParameterDocument("Bytes", 1 << 20, null), document.Cells[0].Parameters["block"]);
        Assert.Null(document.Cells[4].Slice);
        Assert.Equal(result.Plan!.Trials.Select(t => t.Id), document.Trials);
        Assert.Equal(16, document.Trials.Count);
        Assert.Equal(new SkipDocument("concurrent on whole", "one slice: nothing runs beside it; see mode solo", 2), Assert.Single(document.Skips));
        Assert.Equal(result.Plan.Seconds, document.Seconds);
    }
}
