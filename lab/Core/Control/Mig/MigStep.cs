using System.Text.Json.Serialization;

namespace GpuLab.Control.Mig;

/// <summary>One change to a GPU. Steps are computed before anything is touched, and journalled one by one before they are done.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "step")]
[JsonDerivedType(typeof(SetMode), "set-mode")]
[JsonDerivedType(typeof(DestroyCompute), "destroy-compute")]
[JsonDerivedType(typeof(DestroyInstance), "destroy-instance")]
[JsonDerivedType(typeof(CreateInstance), "create-instance")]
[JsonDerivedType(typeof(CreateCompute), "create-compute")]
public abstract record MigStep
{
    MigStep()
    {
    }

    public sealed record SetMode(bool Enabled) : MigStep;

    public sealed record DestroyCompute(int GpuInstance, int ComputeInstance) : MigStep;

    public sealed record DestroyInstance(int GpuInstance, MigPlace Place) : MigStep;

    public sealed record CreateInstance(int ProfileId, MigPlace Place) : MigStep;

    /// <param name="Instance">Where its GPU instance lies: ids are known only once that is created.</param>
    /// <param name="SliceCount">Compute slices.</param>
    /// <param name="ProfileId">The driver's profile, where what was found must come back; otherwise the driver's fullest of that size.</param>
    public sealed record CreateCompute(MigPlace Instance, int SliceCount, int? Start, int? ProfileId = null) : MigStep;
}

/// <summary>A wanted GPU instance.</summary>
public sealed record MigWanted(int ProfileId, MigPlace Place, IReadOnlyList<MigWanted.Compute> Computes)
{
    /// <param name="Start">The first compute slice, where it matters.</param>
    /// <param name="ProfileId">The driver's profile, where it matters.</param>
    public readonly record struct Compute(int SliceCount, int? Start, int? ProfileId = null);
}

/// <summary>The least that has to change from what is there to what is wanted; pure.</summary>
public static class MigSteps
{
    /// <summary>Destroys come first, then creates from the largest to the smallest. What is already as wanted is not touched.</summary>
    /// <param name="mode">The wanted mode; with it off, nothing else is wanted.</param>
    /// <param name="anew">Whether what is already as wanted is destroyed and made again.</param>
    public static IReadOnlyList<MigStep> Between(MigSnapshot present, bool mode, IReadOnlyList<MigWanted> wanted, bool anew = false)
    {
        var destroy = new List<MigStep>();
        var create = new List<MigStep>();
        var missing = wanted.ToList();
        foreach (var found in present.Instances)
        {
            var match = missing.Find(w => w.ProfileId == found.ProfileId && w.Place == found.Place);
            if (match is not null && !anew)
            {
                missing.Remove(match);
                Computes(found, match, destroy, create);
                continue;
            }
            foreach (var compute in found.Computes) destroy.Add(new MigStep.DestroyCompute(found.Id, compute.Id));
            destroy.Add(new MigStep.DestroyInstance(found.Id, found.Place));
        }
        foreach (var one in missing.OrderByDescending(w => w.Place.Size).ThenBy(w => w.Place.Start))
        {
            create.Add(new MigStep.CreateInstance(one.ProfileId, one.Place));
            foreach (var (slices, start, profile) in one.Computes) create.Add(new MigStep.CreateCompute(one.Place, slices, start, profile));
        }
        if (present.Mode.Current != mode) (mode ? create : destroy).Insert(mode ? 0 : destroy.Count, new MigStep.SetMode(mode));
        return [.. destroy, .. create];
    }

    /// <summary>Compute instances are kept where size and place agree; one missing place can need others moved, so then all are made anew.</summary>
    static void Computes(MigSnapshot.Instance found, MigWanted wanted, List<MigStep> destroy, List<MigStep> create)
    {
        var sizes = wanted.Computes.Select(c => c.SliceCount).Order().SequenceEqual(found.Computes.Select(c => c.Place.Size).Order());
        var places = wanted.Computes.All(w => w.Start is null && w.ProfileId is null || found.Computes.Any(c => c.Place.Start == (w.Start ?? c.Place.Start) && c.Place.Size == w.SliceCount && (w.ProfileId ?? c.ProfileId) == c.ProfileId));
        if (sizes && places) return;
        foreach (var compute in found.Computes) destroy.Add(new MigStep.DestroyCompute(found.Id, compute.Id));
        foreach (var (slices, start, profile) in wanted.Computes) create.Add(new MigStep.CreateCompute(found.Place, slices, start, profile));
    }
}
