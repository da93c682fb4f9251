using System.Globalization;
using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Sweeps.Expanding;

namespace GpuLab.Sweeps;

/// <summary>A plan with what carries it out, or every reason why there is none.</summary>
/// <param name="Partitioner">Null where the sweep names one that the device does not have.</param>
/// <param name="Placements">Of the layouts that can exist.</param>
/// <param name="Errors">By line, then by column; empty where there is a plan.</param>
public sealed record PlanResult(Plan? Plan, IPartitioner? Partitioner, IReadOnlyDictionary<Layout, Placement> Placements, IReadOnlyList<SweepError> Errors);

/// <summary>Holds a sweep against a device: everything that a run will do, before hardware is touched.</summary>
public static class Planner
{
    /// <summary>More cells than any run could measure: 10 days at one a second.</summary>
    public const int MostCells = 1_000_000;

    /// <summary>More trials than memory is spent on.</summary>
    public const int MostTrials = 3_000_000;

    /// <param name="unsupported">Why a device cannot run a probe with some parameters on a slice, or null where it can.</param>
    public static PlanResult Plan(Sweep sweep, IDevice device, Func<ProbeInfo, Slice, Parameters, string?> unsupported, TimeModel? time = null)
    {
        var errors = new List<SweepError>();
        var partitioner = Partitioner(sweep, device, errors);
        var layouts = partitioner is null ? null : new PlacedLayouts(sweep, partitioner);
        layouts?.PlaceAll();
        errors.AddRange(layouts?.Errors ?? []);
        CheckSize(sweep, layouts, errors);
        if (errors.Count > 0 || layouts is null) return Refused(partitioner, layouts, errors);

        var order = partitioner as ILayoutOrder;
        var expansion = new Expansion(sweep, layouts, unsupported, order is null ? null : Rounds.Most(sweep, layouts.Layouts, order));
        expansion.Run();
        var plan = new PlanBuilder(sweep, time ?? TimeModel.Default, order).Build(expansion.Groups, [.. layouts.Skips, .. expansion.Skips]);
        if (plan.TrialCount > 0) return new(plan, partitioner, layouts.Placements, []);
        errors.Add(new(sweep.File, sweep.PlaceOf(Sweep.PlaceKey("probes", 0)), Nothing(plan.Skips)));
        return Refused(partitioner, layouts, errors);
    }

    static IPartitioner? Partitioner(Sweep sweep, IDevice device, List<SweepError> errors)
    {
        if (sweep.Partitioner is not { } name) return device.Partitioners[0];
        var found = device.Partitioners.FirstOrDefault(p => p.Name == name);
        if (found is not null) return found;
        var names = device.Partitioners.Select(p => p.Name).ToArray();
        errors.Add(new(sweep.File, sweep.PlaceOf("partitioner"), $"{device.Facts.Name} has no partitioner '{name}': it has {string.Join(' ', names)}.{Nearest.Hint(name, names)}"));
        return null;
    }

    /// <summary>Refuses what would take too much memory, from the numbers alone.</summary>
    static void CheckSize(Sweep sweep, PlacedLayouts? layouts, List<SweepError> errors)
    {
        var points = sweep.Probes.Sum(ProbePoints.Count);
        var aggressors = sweep.Aggressors.Count == 0 ? 1 : sweep.Aggressors.Sum(ProbePoints.Count);
        var perPoint = layouts?.Placements.Values.Sum(p => sweep.Modes.Sum(m => Cells(m, p, sweep, aggressors))) ?? 1;
        var cells = points * Math.Max(1, perPoint);
        if (cells > MostCells || cells * sweep.Repeats > MostTrials)
        {
            errors.Add(new(sweep.File, sweep.PlaceOf(Sweep.PlaceKey("probes", 0)), string.Create(CultureInfo.InvariantCulture,
                $"up to {cells:0} cells and {cells * sweep.Repeats:0} trials: a sweep may have {MostCells} cells and {MostTrials} trials. Split it.")));
        }
    }

    static double Cells(Mode mode, Placement placement, Sweep sweep, double aggressors) =>
        Modes.Of(mode).Arrange([.. placement.Slices.Select(s => s.Name)], sweep).All.Sum(a => a.Aggressors.Count == 0 ? 1 : aggressors);

    static string Nothing(IReadOnlyList<Skip> skips)
    {
        var why = skips.OrderByDescending(s => s.Cells).Take(3).Select(s => $"{s.What}: {s.Reason}").ToArray();
        return why.Length == 0 ? "nothing is left to measure: every cell is excluded." : $"nothing is left to measure. {string.Join("; ", why)}.";
    }

    static PlanResult Refused(IPartitioner? partitioner, PlacedLayouts? layouts, List<SweepError> errors) =>
        new(null, partitioner, layouts?.Placements ?? new Dictionary<Layout, Placement>(), [.. errors.OrderBy(e => e.Place.Line).ThenBy(e => e.Place.Column)]);
}
