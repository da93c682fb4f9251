using GpuLab.Geometry;

namespace GpuLab.Control.Mig;

/// <summary>Everything about a GPU's MIG state that has to come back: values only, so that it can be kept on disk.</summary>
public sealed record MigSnapshot(MigMode Mode, IReadOnlyList<MigSnapshot.Instance> Instances)
{
    /// <param name="Id">As found; the driver may give another one when it is created again.</param>
    public sealed record Instance(int Id, int ProfileId, MigPlace Place, IReadOnlyList<Compute> Computes);

    /// <param name="Uuid">As found, where it was asked for: who configured it by UUID needs to know when it comes back with another.</param>
    public sealed record Compute(int Id, int ProfileId, MigPlace Place, string? Uuid = null);

    /// <summary>Reads the whole state. Where MIG mode is off there are no instances to ask for.</summary>
    public static MigSnapshot Read(IMigControl control)
    {
        var mode = control.GetMode();
        if (!mode.Current) return new(mode, []);
        return new(mode, [.. control.GetGpuInstances().OrderBy(g => g.Place.Start).Select(g => new Instance(g.Id, g.ProfileId, g.Place,
            [.. control.GetComputeInstances(g.Id).OrderBy(c => c.Place.Start).Select(c => new Compute(c.Id, c.ProfileId, c.Place))]))]);
    }

    /// <summary>The same with UUIDs, as far as the driver gives them.</summary>
    public MigSnapshot WithUuids(IMigControl control) => this with { Instances = [.. Instances.Select(i => i with { Computes = [.. i.Computes.Select(c => c with { Uuid = Uuid(control, i.Id, c.Id) })] })] };

    static string? Uuid(IMigControl control, int instance, int compute)
    {
        try
        {
            return control.GetUuid(instance, compute);
        }
        catch (NvmlException)
        {
            return null;
        }
    }

    /// <summary>Whether the same instances lie at the same places; ids do not count.</summary>
    public bool SameAs(MigSnapshot other) => Mode.Current == other.Mode.Current && Instances.Count == other.Instances.Count
        && Instances.Zip(other.Instances).All(p => p.First.ProfileId == p.Second.ProfileId && p.First.Place == p.Second.Place
            && p.First.Computes.Select(c => (c.ProfileId, c.Place)).SequenceEqual(p.Second.Computes.Select(c => (c.ProfileId, c.Place))));

    /// <summary>In words, for messages: <c>3g.71gb@4(1 compute instance), …</c></summary>
    public string Describe(GpuModel model) => !Mode.Current ? "MIG mode off" : Instances.Count == 0 ? "MIG mode on, no instances"
        : string.Join(", ", Instances.Select(i => $"{model.Profiles.FirstOrDefault(p => p.Id == i.ProfileId)?.Name.ToString() ?? $"profile {i.ProfileId}"}@{i.Place.Start} ({i.Computes.Count} compute instance{(i.Computes.Count == 1 ? "" : "s")})"));
}
