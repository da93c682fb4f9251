using GpuLab.Geometry;
using GpuLab.Model;

namespace GpuLab.Control.Mig;

/// <summary>What a change would do, before anything is touched.</summary>
/// <param name="Found">What is there.</param>
/// <param name="Steps">In the order in which they would be done; empty where all is as wanted.</param>
/// <param name="Untouched">Instances that stay as they are.</param>
/// <param name="Holders">Processes that use what would change: with them there it is refused.</param>
public sealed record MigPlan(Layout Layout, PlacedLayout Placed, MigSnapshot Found, IReadOnlyList<MigStep> Steps, IReadOnlyList<MigSnapshot.Instance> Untouched, IReadOnlyList<MigHolder> Holders)
{
    public bool ChangesMode => Steps.Any(s => s is MigStep.SetMode);

    /// <param name="anew">Whether instances that could stay are made again.</param>
    internal static MigPlan Of(Layout layout, PlacedLayout placed, MigSnapshot found, bool mode, IReadOnlyList<MigWanted> wanted, IReadOnlyList<MigHolder> present, bool anew = false)
    {
        var steps = MigSteps.Between(found, mode, wanted, anew);
        bool Touches(MigSnapshot.Instance i) => steps.Any(s => s switch
        {
            MigStep.DestroyInstance destroy => destroy.GpuInstance == i.Id,
            MigStep.DestroyCompute destroy => destroy.GpuInstance == i.Id,
            MigStep.CreateCompute create => create.Instance == i.Place,
            _ => false,
        });
        var touched = found.Instances.Where(Touches).ToArray();
        // A client of the GPU itself stands in the way of every creation and of the mode.
        var parent = steps.Any(s => s is MigStep.SetMode or MigStep.CreateInstance);
        var holders = present.Where(h => h.GpuInstance is { } id ? touched.Any(i => i.Id == id) : parent);
        return new(layout, placed, found, steps, [.. found.Instances.Except(touched)], [.. holders]);
    }
}
