using GpuLab.Model;
using GpuLab.Reports.Plots;
using GpuLab.Results;

namespace GpuLab.Reports.Html;

/// <summary>How long each change of layout took, and each step of it. Of a simulated device only the steps: the rest is the time of the simulation.</summary>
static class ReconfigurationSection
{
    public static Section? Of(ReportModel model)
    {
        var steps = model.Analysis.Run.Events.OfType<PartitionStep>().Where(s => double.IsFinite(s.Seconds) && s.Seconds > 0 && (!model.Simulated || s.Slice.Length > 0)).ToList();
        if (steps.Count == 0) return null;
        List<string> layouts = [.. steps.Select(s => s.Layout).Distinct()];
        var kinds = steps.Select(s => s.Step).Distinct().ToList();
        var marks = kinds.Select((kind, i) => (Mark)new Dots(new(i, kind), Along.X, [.. steps.Where(s => s.Step == kind).Select(s => new Dot(new(s.Seconds, layouts.IndexOf(s.Layout))))]) { Shift = kinds.Count == 1 ? 0 : (i - ((kinds.Count - 1) / 2.0)) * 14 / (kinds.Count - 1) });
        var plot = new Plot("Time of each change of layout", Axis(steps), new Band("layout", layouts), [.. marks]) { Simulated = model.Simulated, Description = "One row a layout, one point a change." };
        // A step is part of its cut.
        var whole = steps.Where(s => s.Slice.Length == 0).DefaultIfEmpty().OfType<PartitionStep>().ToList();
        var counted = whole.Count > 0 ? whole : steps;
        var total = counted.Sum(s => s.Seconds);
        return new("reconfiguration", "Changing layouts", Html.Of($"""
            {Parts.Plot(model, plot, $"{Verdict.Count(counted.Count, whole.Count > 0 ? "change" : "step")} took {Pretty.Time(total)} in all, as long as workers and trials waited for them.")}
            """));
    }

    /// <summary>Steps that last milliseconds beside others of seconds need a logarithmic axis; what is alike is compared from zero.</summary>
    static Axis Axis(List<PartitionStep> steps)
    {
        var (low, high) = (steps.Min(s => s.Seconds), steps.Max(s => s.Seconds));
        return high > 10 * low ? new Log("time", "s", Min: low / 1.5, Max: high * 1.5) : new Linear("time", "s", 0);
    }
}
