using GpuLab.Control.Mig;
using GpuLab.Geometry;

namespace GpuLab.Control.Simulated;

/// <summary>Compute instances.</summary>
public sealed partial class SimulatedMigControl
{
    public IReadOnlyList<MigComputeProfile> GetComputeProfiles(int gpuInstance) => Call(nameof(GetComputeProfiles), $"nvmlGpuInstanceGetComputeInstanceProfileInfoV({gpuInstance}, …)",
        s => (s, ComputeProfiles(Profile(Instance(s, gpuInstance).ProfileId))));

    public IReadOnlyList<MigPlace> GetComputePlacements(int gpuInstance, int profileId) => Call(nameof(GetComputePlacements), $"nvmlGpuInstanceGetComputeInstancePossiblePlacements({gpuInstance}, {profileId})", s =>
    {
        var whole = Profile(Instance(s, gpuInstance).ProfileId);
        var size = ComputeProfiles(whole).FirstOrDefault(c => c.Id == profileId)?.SliceCount ?? throw Fail(NvmlReturn.InvalidArgument);
        return (s, (IReadOnlyList<MigPlace>)[.. ComputePlaces.Starts(size, whole.ComputeSlices).Select(start => new MigPlace(start, size))]);
    });

    public MigComputeInstance CreateComputeInstance(int gpuInstance, int profileId, MigPlace? place) => Call(nameof(CreateComputeInstance),
        place is { } p ? $"nvmlGpuInstanceCreateComputeInstanceWithPlacement({gpuInstance}, {profileId}, {p})" : $"nvmlGpuInstanceCreateComputeInstance({gpuInstance}, {profileId})", s =>
    {
        var instance = Instance(s, gpuInstance);
        var whole = Profile(instance.ProfileId);
        var profile = ComputeProfiles(whole).FirstOrDefault(c => c.Id == profileId) ?? throw Fail(NvmlReturn.InvalidArgument);
        var starts = ComputePlaces.Starts(profile.SliceCount, whole.ComputeSlices);
        if (place is { } wanted && !(wanted.Size == profile.SliceCount && starts.Contains(wanted.Start))) throw Fail(NvmlReturn.InvalidArgument);
        int[] tried = place is { } one ? [one.Start] : [.. starts];
        var at = Array.FindIndex(tried, t => !instance.Computes.Any(c => c.Place.Overlaps(new(t, profile.SliceCount))));
        if (at < 0) throw Fail(NvmlReturn.InsufficientResources);
        clock.Advance(driver.CreateTime ?? TimeSpan.FromSeconds(MigTimes.Create));
        var id = Enumerable.Range(0, whole.ComputeSlices + 1).First(i => !instance.Computes.Any(c => c.Id == i));
        var made = new SimulatedMigState.Compute(id, profileId, tried[at], profile.SliceCount, s.Serial, 0);
        return (Replace(s, instance with { Computes = [.. instance.Computes, made] }) with { Serial = s.Serial + 1 }, new MigComputeInstance(id, gpuInstance, profileId, made.Place));
    });

    public IReadOnlyList<MigComputeInstance> GetComputeInstances(int gpuInstance) => Call(nameof(GetComputeInstances), $"nvmlGpuInstanceGetComputeInstances({gpuInstance}, …)",
        s => (s, (IReadOnlyList<MigComputeInstance>)[.. Instance(s, gpuInstance).Computes.Select(c => new MigComputeInstance(c.Id, gpuInstance, c.ProfileId, c.Place))]));

    public void DestroyComputeInstance(int gpuInstance, int computeInstance) => Call(nameof(DestroyComputeInstance), $"nvmlComputeInstanceDestroy({gpuInstance}/{computeInstance})", s =>
    {
        var instance = Instance(s, gpuInstance);
        var compute = instance.Computes.FirstOrDefault(c => c.Id == computeInstance) ?? throw Fail(NvmlReturn.NotFound);
        if (compute.Holders > 0) throw Fail(NvmlReturn.InUse);
        clock.Advance(TimeSpan.FromSeconds(MigTimes.DestroyCompute));
        return (Replace(s, instance with { Computes = [.. instance.Computes.Where(c => c != compute)] }), 0);
    });

    public string GetUuid(int gpuInstance, int computeInstance) => Call(nameof(GetUuid), $"nvmlDeviceGetUUID(mig {gpuInstance}/{computeInstance})", s =>
    {
        var compute = Instance(s, gpuInstance).Computes.FirstOrDefault(c => c.Id == computeInstance) ?? throw Fail(NvmlReturn.NotFound);
        clock.Advance(driver.LookupTime ?? TimeSpan.Zero);
        return (s, Uuid("MIG", $"{Gpu.Uuid}/{gpuInstance}/{compute.Start}+{compute.Size}{(driver.ChangesUuids ? $"/{compute.Serial}" : "")}"));
    });

    /// <summary>By size; the one that takes all of a double-memory 1g is constant 7, of all others the constant of their size.</summary>
    static IReadOnlyList<MigComputeProfile> ComputeProfiles(GpuInstanceProfile whole) => [.. whole.ComputeSizes.Select(size =>
    {
        var constant = size switch { 1 when whole.Kind == "1gx2" => 7, 1 => 0, 2 => 1, 3 => 2, 4 => 3, 7 => 4, 8 => 5, 6 => 6, _ => throw Fail(NvmlReturn.InvalidArgument) };
        // The multiprocessors of a part are read only for the whole of it: a 3g has more than three times those of a 1g.
        var sms = size == whole.ComputeSlices ? whole.Sms : null;
        return new MigComputeProfile(constant, constant, size, ComputePlaces.Starts(size, whole.ComputeSlices).Count, sms);
    })];
}
