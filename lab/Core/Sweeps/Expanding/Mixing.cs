using GpuLab.Control;

namespace GpuLab.Sweeps.Expanding;

/// <summary>Gives each slice of a layout its workload of <c>mixed</c>.</summary>
static class Mixing
{
    /// <summary>In layout order; a slice that no entry names stays idle. The name of a slice counts before its profile, and that before <c>others</c>.</summary>
    /// <returns>The reason where an entry names what the layout does not have: then the mix is not the one that was asked for.</returns>
    public static (IReadOnlyList<Work> Works, string? Reason) Of(IReadOnlyList<MixedWork> entries, IReadOnlyList<Slice> slices)
    {
        var given = slices.Select(s => entries.FirstOrDefault(e => e.Slice == s.Name) ?? entries.FirstOrDefault(e => e.Slice == s.Profile) ?? entries.FirstOrDefault(e => e.Slice == MixedWork.Others)).ToList();
        var idle = entries.FirstOrDefault(e => !given.Contains(e));
        if (idle is not null) return ([], $"no slice is left for {idle.Probe.Id} on '{idle.Slice}': the slices are {string.Join(' ', slices.Select(s => s.Name))}");
        return ([.. slices.Zip(given).Where(g => g.Second is not null).Select(g => new Work(g.First.Name, g.Second!.Probe, g.Second.Parameters, Role.Victim))], null);
    }
}
