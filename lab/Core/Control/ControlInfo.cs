using GpuLab.Model;

namespace GpuLab.Control;

/// <summary>
/// What cutting a device costs, step by step. Named in a sweep like any probe, but no worker carries it out: each cut of the sweep is a sample.
/// </summary>
public static class ControlInfo
{
    public static readonly ProbeInfo Create = Of("control.create", "Making the slices of a layout", ("instance", "One GPU instance, read back"), ("compute", "One compute instance, read back"));

    public static readonly ProbeInfo Destroy = Of("control.destroy", "Destroying the slices that the next layout does not have", ("instance", "One GPU instance"), ("compute", "One compute instance"));

    public static readonly ProbeInfo Mode = Of("control.mode", "Switching MIG mode", ("on", "MIG mode on"), ("off", "MIG mode off"));

    public static readonly IReadOnlyList<ProbeInfo> All = [Create, Destroy, Mode];

    public static bool Is(ProbeInfo probe) => probe.Resource == Resource.Control;

    static ProbeInfo Of(string id, string summary, params (string Name, string Summary)[] metrics) =>
        new(id, summary, Resource.Control, [.. metrics.Select(m => new Metric($"{id}/{m.Name}", "s", Better.Lower, Across.Worst, m.Summary))], [], Precision.Loading);
}
