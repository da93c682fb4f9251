using GpuLab.Model;
using GpuLab.Reports.Plots;
using GpuLab.Results;

namespace GpuLab.Reports.Html;

/// <summary>How long each change of layout took. Of a simulated device nothing: what passes there is the time of the simulation.</summary>
static class ReconfigurationSection
{
    public static Section? Of(ReportModel model)
    {
        var steps = model.Analysis.Run.Events.OfType<PartitionStep>().Where(s => double.IsFinite(s.Seconds) && s.Seconds > 0).ToList();
        if (steps.Count == 0 || model.Simulated) return null;
        List<string> layouts = [.. steps.Select(s => s.Layout).Distinct()];
        var kinds = steps.Select(s => s.Step).Distinct().ToList();
        var marks = kinds.Select((kind, i) => (Mark)new Dots(new(i, kind), Along.X, [.. steps.Where(s => s.Step == kind).Select(s => new Dot(new(s.Seconds, layouts.IndexOf(s.Layout))))]) { Shift = kinds.Count == 1 ? 0 : (i - ((kinds.Count - 1) / 2.0)) * 14 / (kinds.Count - 1) });
        var plot = new Plot("Time of each change of layout", new Log("time", "s"), new Band("layout", layouts), [.. marks]) { Simulated = model.Simulated, Description = "One row a layout, one point a change." };
        var total = steps.Sum(s => s.Seconds);
        return new("reconfiguration", "Changing layouts", Html.Of($"""
            {Parts.Plot(model, plot, $"{Verdict.Count(steps.Count, "change")} took {Pretty.Time(total)} in all, as long as workers and trials waited for them.")}
            """));
    }
}
