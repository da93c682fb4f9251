using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Results;

namespace GpuLab.Sweeps;

/// <summary>A plan as it is written to <c>plan.json</c>.</summary>
public static class PlanDocuments
{
    /// <param name="placements">Where the slices of the plan's layouts are.</param>
    public static PlanDocument From(Plan plan, IPartitioner partitioner, IReadOnlyDictionary<Layout, Placement> placements)
    {
        var repeats = plan.Trials.CountBy(t => t.Cell.Number).ToDictionary();
        var cells = plan.Trials.DistinctBy(t => t.Cell.Number).Select(t => t.Cell).OrderBy(c => c.Number);
        return new(RunInfo.Current, partitioner.Name, partitioner.Units.Count, partitioner.Units.Name,
            [.. plan.Groups.DistinctBy(g => g.Layout).Select(g => new LayoutDocument(g.Layout.ToString(), [.. placements[g.Layout].Slices.Select(Document)]))],
            [.. cells.Select(c => Document(c, repeats[c.Number]))],
            [.. plan.Trials.Select(t => t.Id)],
            [.. plan.Skips.Select(s => new SkipDocument(s.What, s.Reason, s.Cells))],
            plan.Seconds, plan.Precision);
    }

    static SliceDocument Document(Slice slice) => new(slice.Name, slice.Profile, slice.Start, slice.Units, slice.Cpus);

    static CellDocument Document(Cell cell, int repeats) => new(cell.Number, cell.Layout.ToString(), Modes.Of(cell.Mode).Word, cell.Slice, cell.Probe.Id,
        ParameterDocuments.Write(cell.Parameters), repeats, cell.Works.Count == 0 ? null : [.. cell.Works.Select(Document)], cell.Twin);

    static WorkDocument Document(Work work) => new(work.Slice, work.Probe.Id, ParameterDocuments.Write(work.Parameters), work.Role == Role.Victim ? "victim" : "aggressor", work.Duty);
}
