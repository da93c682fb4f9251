using GpuLab.Reports.Plots;
using GpuLab.Results;

namespace GpuLab.Reports.Html;

/// <summary>The layouts as strips of units with their slices.</summary>
static class LayoutsSection
{
    public static Section? Of(ReportModel model)
    {
        var plan = model.Analysis.Run.Plan;
        if (plan.Layouts.Count == 0 || plan.Units <= 0) return null;
        var blocks = plan.Layouts.SelectMany((l, row) => l.Slices.Select(s => Taken(model, l.Layout, s, row, plan.UnitName)).Concat(Free(l, row, plan))).ToList();
        var plot = new Plot("Layouts", new Linear(plan.UnitName, "", 0, plan.Units) { Whole = true }, new Band("", [.. plan.Layouts.Select(l => l.Layout)]), new Blocks(blocks))
        {
            Simulated = model.Simulated,
            Description = $"Each row is a layout over {Verdict.Count(plan.Units, "unit")}; each block is a slice in its place.",
        };
        return new("layouts", "Layouts", Parts.Plot(model, plot, $"How the device was cut by the partitioner “{plan.Partitioner}”. Slices keep their colour and marker throughout this page."));
    }

    static Block Taken(ReportModel model, string layout, SliceDocument s, int row, string unit)
    {
        var cpus = s.Cpus.Count > 0 ? $", processors {string.Join(' ', s.Cpus)}" : "";
        return new(s.Start, s.Units, row, s.Name, model.Slice(layout, s.Name), FormattableString.Invariant($"{s.Name}: {s.Profile}, {unit} {s.Start} to {s.Start + s.Units - 1}{cpus}"));
    }

    static IEnumerable<Block> Free(LayoutDocument layout, int row, PlanDocument plan)
    {
        var at = 0;
        foreach (var s in layout.Slices.OrderBy(s => s.Start).Append(new("", "", plan.Units, 0, [])))
        {
            if (s.Start > at) yield return new(at, s.Start - at, row, "free", Series.None, FormattableString.Invariant($"free: {s.Start - at} of {plan.Units} {plan.UnitName}"));
            at = Math.Max(at, s.Start + s.Units);
        }
    }
}
