using GpuLab.Geometry;

namespace GpuLab.Control.Mig;

/// <summary>Steps as results name them: by probe, metric, and the instance with its place.</summary>
static class MigStepNames
{
    /// <param name="present">What was there before the first of the steps, to which ids refer.</param>
    /// <param name="steps">All of them: an instance may be one that they made.</param>
    public static CutStep Timed(MigStep step, MigSnapshot present, IReadOnlyList<MigStep> steps, GpuModel model, long start, long end)
    {
        var (probe, metric, slice) = step switch
        {
            MigStep.SetMode mode => (ControlInfo.Mode, mode.Enabled ? "on" : "off", "whole"),
            MigStep.DestroyInstance destroy => (ControlInfo.Destroy, "instance", Name(present.Instances.FirstOrDefault(i => i.Place == destroy.Place)?.ProfileId, destroy.Place, model)),
            MigStep.DestroyCompute destroy => (ControlInfo.Destroy, "compute", present.Instances.FirstOrDefault(i => i.Id == destroy.GpuInstance) is { } of ? Name(of.ProfileId, of.Place, model) : "?"),
            MigStep.CreateInstance create => (ControlInfo.Create, "instance", Name(create.ProfileId, create.Place, model)),
            MigStep.CreateCompute create => (ControlInfo.Create, "compute", Name(steps.OfType<MigStep.CreateInstance>().FirstOrDefault(c => c.Place == create.Instance)?.ProfileId ?? present.Instances.FirstOrDefault(i => i.Place == create.Instance)?.ProfileId, create.Instance, model)),
            _ => throw new ArgumentOutOfRangeException(nameof(step)),
        };
        return new(probe.Id, metric, slice, start, end);
    }

    static string Name(int? profile, MigPlace place, GpuModel model) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{model.Profiles.FirstOrDefault(p => p.Id == profile)?.Name.ToString() ?? "GPU instance"}@{place.Start}");
}
