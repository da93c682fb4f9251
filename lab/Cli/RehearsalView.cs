using System.Globalization;
using GpuLab.Control;
using GpuLab.Control.Simulated;
using GpuLab.Model;
using GpuLab.Sweeps;

namespace GpuLab.Cli;

/// <summary>What a rehearsed sweep would take, need and skip on the GPU itself. On standard error, beside the results.</summary>
static class RehearsalView
{
    public static void Print(Sweep sweep, Plan plan, IDevice device)
    {
        foreach (var line in Lines(sweep, plan, device)) Console.Error.WriteLine(line);
    }

    /// <summary>One sentence each.</summary>
    public static IEnumerable<string> Lines(Sweep sweep, Plan plan, IDevice device)
    {
        if (device is not SimulatedDevice simulated) yield break;
        var model = simulated.Model;
        yield return $"rehearsal: every figure of {device.Id} is simulated, a prediction. The same sweep on the GPU itself would";
        var budget = sweep.Budget is { } limit && limit < plan.Seconds ? $", cut off at the budget of {Pretty.Time(limit)}" : "";
        yield return $"  take   about {Pretty.Time(plan.Seconds)} for {N(plan.TrialCount)} trials{budget}";
        if (plan.Groups.All(g => g.Layout.IsWhole)) yield return $"  need   nothing beside access to the GPU: {model.Product} stays whole";
        else
        {
            var reset = model.ModeNeedsReset switch
            {
                true => "which takes effect with a reset of the GPU, so nothing else may use it",
                false => "which needs no reset, but nothing else may use the GPU",
                null => "and it is not known whether that takes a reset of the GPU",
            };
            var modes = plan.Groups.Any(g => g.Layout.IsWhole) ? "MIG mode switched on and off" : "MIG mode on";
            yield return $"  need   {modes}, {reset}; where it has to change, --allow-mode-change says that it may";
            yield return $"  need   permission to cut it: root, or the capability files mig/config of the driver";
            yield return model.MinDriver is { } driver ? $"  need   driver {driver} or newer" : "  need   a driver that knows this GPU; which one is the first is not known here";
            var (most, cuts) = (plan.Groups.Max(g => g.Slices.Count), plan.Groups.Select(g => g.Cut ?? default).ToList());
            yield return $"  change the layout {N(plan.Groups.Count)} times, creating {N(cuts.Sum(c => c.Created))} and destroying {N(cuts.Sum(c => c.Destroyed))} GPU instances, with up to {N(most)} slices and as many worker processes at once; what is found is restored";
        }
        foreach (var skip in plan.Skips) yield return $"  skip   {skip.What}: {skip.Reason}{(skip.Cells > 0 ? $" ({N(skip.Cells)} cells)" : "")}";
    }

    static string N(int count) => count.ToString(CultureInfo.InvariantCulture);
}
