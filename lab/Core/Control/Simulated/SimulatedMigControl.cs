using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using GpuLab.Control.Mig;
using GpuLab.Geometry;

namespace GpuLab.Control.Simulated;

/// <summary>
/// A GPU that is not there, behind the door of the real ones: the driver's state machine with its codes and oddities, over a GPU model's data.
/// </summary>
/// <remarks>
/// Where drivers differ or are not known, this is what was chosen: a place left to the driver is the highest free one (then small
/// instances created first block large ones, as they do on real GPUs); switching MIG off is refused while instances exist; ids of GPU
/// instances are positional (0 whole, 1–2 halves, 3–6 quarters, 7–14 eighths) and so are reused.
/// </remarks>
public sealed partial class SimulatedMigControl : IMigControl
{
    readonly GpuModel model;
    readonly SimulatedDriver driver;
    readonly VirtualClock clock;
    readonly ISimulatedMigStore store;

    /// <exception cref="GeometryException">The GPU's places or profile ids are not known, so no driver can be simulated.</exception>
    public SimulatedMigControl(GpuModel model, SimulatedDriver? driver = null, VirtualClock? clock = null, ISimulatedMigStore? store = null)
    {
        if (model.Unknown is { } unknown) throw new GeometryException($"sim:{model.Key} cannot be cut: {unknown}.");
        if (model.Placeable.FirstOrDefault(p => p.Id is null || p.MaxInstances is null) is { } vague) throw new GeometryException($"sim:{model.Key} cannot be cut: the driver's id or instance count of {vague.Name} is not known.");
        this.model = model;
        this.driver = driver ?? new();
        this.clock = clock ?? new();
        this.store = store ?? new SimulatedMigMemory(SimulatedMigState.Initial(this.driver.Enabled));
        Gpu = new($"{model.Product} (simulated)", Uuid("GPU", model.Key), (long?)GpuCatalogue.Spec(model)?["memory"]?.Value, model.Sms, this.driver.VgpuGuest, this.driver.ModeNeedsReset ?? model.ModeNeedsReset);
    }

    public MigGpu Gpu { get; }

    public MigMode GetMode() => Call(nameof(GetMode), "nvmlDeviceGetMigMode(dev)", s => (s, new MigMode(s.Current, s.Pending)));

    public NvmlReturn SetMode(bool enabled) => Call(nameof(SetMode), $"nvmlDeviceSetMigMode(dev, {(enabled ? 1 : 0)})", s =>
    {
        if (driver.VgpuGuest) throw Fail(NvmlReturn.NotSupported);
        if (s.Current == enabled) return (s with { Pending = enabled }, NvmlReturn.Success);
        if (s.Holders > 0 || s.Instances.Count > 0) return (s, NvmlReturn.InUse);
        clock.Advance(TimeSpan.FromSeconds(MigTimes.Mode));
        return Gpu.ModeNeedsReset ?? false
            ? (s with { Pending = enabled }, NvmlReturn.ResetRequired)
            : (s with { Current = enabled, Pending = enabled }, NvmlReturn.Success);
    });

    /// <summary>Resets the GPU as <c>nvidia-smi --gpu-reset</c> would: pending mode takes effect, no instance survives.</summary>
    public void Reset() => Call(nameof(Reset), "reset", s =>
    {
        if (s.Holders > 0 || s.Instances.Any(i => i.Computes.Any(c => c.Holders > 0))) throw Fail(NvmlReturn.InUse);
        return (s with { Current = s.Pending, Instances = [] }, 0);
    });

    public IReadOnlyList<MigProfile> GetProfiles() => Call(nameof(GetProfiles), "nvmlDeviceGetGpuInstanceProfileInfoV(dev, …)", s => (s, (IReadOnlyList<MigProfile>)
        [.. model.Placeable.Select(p => new MigProfile(p.Constant, p.Id!.Value, p.Name.ToString(), p.ComputeSlices, p.MaxInstances!.Value, p.Sms, p.Memory >> 20,
            p.Engines.Copy, p.Engines.Decode, p.Engines.Encode, p.Engines.Jpeg, p.Engines.OpticalFlow))]));

    public IReadOnlyList<MigPlace> GetPossiblePlacements(int profileId) => Call(nameof(GetPossiblePlacements), $"nvmlDeviceGetGpuInstancePossiblePlacements_v2(dev, {profileId})",
        s => (s, (IReadOnlyList<MigPlace>)[.. Places(Profile(profileId))]));

    public int GetRemainingCapacity(int profileId) => Call(nameof(GetRemainingCapacity), $"nvmlDeviceGetGpuInstanceRemainingCapacity(dev, {profileId})", s =>
    {
        Enabled(s);
        var profile = Profile(profileId);
        var (count, next) = (0, s);
        while (Free(next, profile) is { } place)
        {
            next = next with { Instances = [.. next.Instances, new(-1, profileId, place.Start, place.Size, [])] };
            count++;
        }
        return (s, count);
    });

    public MigGpuInstance CreateGpuInstance(int profileId, MigPlace? place) => Call(nameof(CreateGpuInstance),
        place is { } p ? $"nvmlDeviceCreateGpuInstanceWithPlacement(dev, {profileId}, {p})" : $"nvmlDeviceCreateGpuInstance(dev, {profileId})", s =>
    {
        Enabled(s);
        var profile = Profile(profileId);
        // The kernel refuses while a client lives on the parent GPU, whatever the place.
        if (s.Holders > 0) throw Fail(NvmlReturn.InUse);
        if (place is { } wanted && !Places(profile).Contains(wanted)) throw Fail(NvmlReturn.InvalidArgument);
        var at = place is { } asked ? (Fits(s, profile, asked) ? asked : null) : Free(s, profile);
        if (at is not { } found) throw Fail(NvmlReturn.InsufficientResources);
        clock.Advance(driver.CreateTime ?? TimeSpan.FromSeconds(MigTimes.Create));
        var made = new SimulatedMigState.Instance(PositionalId(s, found), profileId, found.Start, found.Size, []);
        return (s with { Instances = [.. s.Instances, made] }, new MigGpuInstance(made.Id, profileId, found));
    });

    public IReadOnlyList<MigGpuInstance> GetGpuInstances() => Call(nameof(GetGpuInstances), "nvmlDeviceGetGpuInstances(dev, …)", s =>
    {
        Enabled(s);
        return (s, (IReadOnlyList<MigGpuInstance>)[.. s.Instances.Select(i => new MigGpuInstance(i.Id, i.ProfileId, i.Place))]);
    });

    public void DestroyGpuInstance(int gpuInstance) => Call(nameof(DestroyGpuInstance), $"nvmlGpuInstanceDestroy({gpuInstance})", s =>
    {
        var instance = Instance(s, gpuInstance);
        if (instance.Computes.Count > 0) throw Fail(NvmlReturn.InUse);
        clock.Advance(driver.DestroyTime ?? TimeSpan.FromSeconds(MigTimes.DestroyInstance));
        return (s with { Instances = [.. s.Instances.Where(i => i != instance)] }, 0);
    });

    /// <summary>What the GPU itself sees of processes on it: on the parent, or on one compute instance.</summary>
    public void Hold(int processes, int? gpuInstance = null, int computeInstance = 0) => store.Exchange(s => gpuInstance is not { } id
        ? (s with { Holders = processes }, 0)
        : (Replace(s, Instance(s, id) with { Computes = [.. Instance(s, id).Computes.Select(c => c.Id == computeInstance ? c with { Holders = processes } : c)] }), 0));

    /// <summary>The state as it is, for looking at and for handing to another process.</summary>
    public SimulatedMigState State => store.Exchange(s => (s, s));

    bool Fits(SimulatedMigState s, GpuInstanceProfile profile, MigPlace place)
    {
        GpuInstanceProfile[] together = [.. s.Instances.Select(i => Profile(i.ProfileId)), profile];
        return !s.Instances.Any(i => i.Place.Overlaps(place)) && LayoutRules.Together(model, together) is null;
    }

    MigPlace? Free(SimulatedMigState s, GpuInstanceProfile profile)
    {
        foreach (var place in Places(profile).Reverse())
        {
            if (Fits(s, profile, place)) return place;
        }
        return null;
    }

    static IEnumerable<MigPlace> Places(GpuInstanceProfile profile) => profile.Places!.Starts.Select(s => new MigPlace(s, profile.Places.Size));

    /// <summary>By halves, quarters and eighths; strips that are not cut that way can give two places one id, so a taken one is passed over.</summary>
    int PositionalId(SimulatedMigState s, MigPlace place)
    {
        var parts = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, model.MemoryUnits!.Value / place.Size));
        var id = parts - 1 + place.Start / place.Size;
        while (s.Instances.Any(i => i.Id == id)) id++;
        return id;
    }

    GpuInstanceProfile Profile(int id) => model.Placeable.FirstOrDefault(p => p.Id == id) ?? throw Fail(NvmlReturn.InvalidArgument);

    static SimulatedMigState.Instance Instance(SimulatedMigState s, int id) => s.Instances.FirstOrDefault(i => i.Id == id) ?? throw Fail(NvmlReturn.NotFound);

    static SimulatedMigState Replace(SimulatedMigState s, SimulatedMigState.Instance by) => s with { Instances = [.. s.Instances.Select(i => i.Id == by.Id ? by : i)] };

    void Enabled(SimulatedMigState s)
    {
        if (!s.Current || driver.VgpuGuest) throw Fail(NvmlReturn.NotSupported);
    }

    static string Uuid(string prefix, string of) => $"{prefix}-{new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(of)).AsSpan(0, 16))}";

    /// <summary>Counts the call, lets a planted fault strike, and keeps what it changed.</summary>
    T Call<T>(string name, string text, Func<SimulatedMigState, (SimulatedMigState State, T Answer)> act)
    {
        var (answer, failure) = store.Exchange<(T?, NvmlReturn)>(s =>
        {
            var calls = new Dictionary<string, int>(s.Calls) { [name] = s.Calls.GetValueOrDefault(name) + 1, ["*"] = s.Calls.GetValueOrDefault("*") + 1 };
            s = s with { Calls = calls };
            var fault = driver.Faults?.FirstOrDefault(f => calls.TryGetValue(f.Call, out var n) && (f.Call == name || f.Call == "*") && f.Hits(n));
            if (fault is { Done: false }) return (s, (default, fault.Status));
            try
            {
                var (changed, result) = act(s);
                return (changed, (result, fault?.Status ?? NvmlReturn.Success));
            }
            catch (StatusException e)
            {
                return (s, (default, e.Status));
            }
        });
        return failure == NvmlReturn.Success ? answer! : throw new NvmlException(failure, text);
    }

    static StatusException Fail(NvmlReturn status) => new(status);

    /// <summary>A status on its way out of the state machine, where the call's text is added.</summary>
    sealed class StatusException(NvmlReturn status) : Exception
    {
        public NvmlReturn Status => status;
    }
}
