using System.Globalization;
using GpuLab.Control.Mig;
using static GpuLab.Control.Nvml.Nvml;

namespace GpuLab.Control.Nvml;

/// <summary>
/// One GPU through its driver. The handle of the parent is kept and found again by UUID after a change of mode; those of instances are
/// looked up by id each time, because ids are used again and another process may have destroyed what a handle meant.
/// </summary>
public sealed unsafe partial class NvmlMigControl : IMigControl
{
    /// <summary>Constants to ask for; a library that knows fewer says so, one that knows more has profiles from later GPUs.</summary>
    const uint Constants = 64;

    /// <summary>More instances or places than any GPU has.</summary>
    const int Most = 128;

    const uint ResetlessField = 184;

    NvmlDevice device;
    IReadOnlyList<MigProfile>? profiles;

    /// <param name="uuid"><c>GPU-…</c></param>
    public NvmlMigControl(string uuid)
    {
        device = NvmlDriver.ByUuid(uuid);
        var name = NvmlCall.Text((buffer, length) => nvmlDeviceGetName(device, buffer, length)) ?? "GPU";
        nvmlMemory_t memory;
        long? bytes = NvmlCall.Answers(nvmlDeviceGetMemoryInfo(device, &memory)) ? (long)memory.total : null;
        Gpu = new(name, uuid, bytes, null, IsGuest(), NeedsReset(), NvmlDriver.PciBusId(device));
    }

    public MigGpu Gpu { get; }

    internal NvmlDevice Device => device;

    public MigMode GetMode()
    {
        uint current = 0, pending = 0;
        var status = nvmlDeviceGetMigMode(device, &current, &pending);
        if (Denies(status)) status = nvmlDeviceGetMigMode(device, &current, &pending);
        // A GPU without MIG has it off.
        if (status == NvmlReturn.NotSupported) return default;
        NvmlCall.Check(status, "", nameof(nvmlDeviceGetMigMode) + "()");
        return new(current != 0, pending != 0);
    }

    public NvmlReturn SetMode(bool enabled)
    {
        var activation = NvmlReturn.Success;
        var status = nvmlDeviceSetMigMode(device, enabled ? 1u : 0u, &activation);
        profiles = null;
        computeProfiles.Clear();
        // Drivers put "in use" and "needs a reset" in either place.
        if (status is NvmlReturn.InUse or NvmlReturn.ResetRequired) return status;
        NvmlCall.Check(status, enabled ? "1" : "0", nameof(nvmlDeviceSetMigMode) + "()");
        device = NvmlDriver.ByUuid(Gpu.Uuid);
        return activation;
    }

    public IReadOnlyList<MigProfile> GetProfiles()
    {
        if (profiles is { Count: > 0 }) return profiles;
        var list = new List<MigProfile>();
        for (var constant = 0u; constant < Constants; constant++)
        {
            var status = Profile(constant, out var profile);
            if (Denies(status)) status = Profile(constant, out profile);
            if (status == NvmlReturn.InvalidArgument) break;
            if (status == NvmlReturn.NotSupported) continue;
            NvmlCall.Check(status, N(constant), "nvmlDeviceGetGpuInstanceProfileInfoV()");
            list.Add(profile!);
        }
        return profiles = list;
    }

    /// <summary>"There is none" would hide instances that are there, and is believed only where it is said twice.</summary>
    static bool Denies(NvmlReturn status) => status is NvmlReturn.NotSupported or NvmlReturn.InvalidArgument;

    public IReadOnlyList<MigPlace> GetPossiblePlacements(int profileId)
    {
        var at = stackalloc nvmlPlacement_t[Most];
        uint count = Most;
        if (Has(nameof(nvmlDeviceGetGpuInstancePossiblePlacements_v2))) NvmlCall.Check(nvmlDeviceGetGpuInstancePossiblePlacements_v2(device, (uint)profileId, at, &count), N(profileId));
        else NvmlCall.Check(nvmlDeviceGetGpuInstancePossiblePlacements(device, (uint)profileId, at, &count), N(profileId));
        return Places(at, count);
    }

    public int GetRemainingCapacity(int profileId)
    {
        uint count = 0;
        NvmlCall.Check(nvmlDeviceGetGpuInstanceRemainingCapacity(device, (uint)profileId, &count), N(profileId));
        return (int)count;
    }

    public MigGpuInstance CreateGpuInstance(int profileId, MigPlace? place)
    {
        NvmlGpuInstance made;
        if (place is { } wanted)
        {
            var at = new nvmlPlacement_t { start = (uint)wanted.Start, size = (uint)wanted.Size };
            NvmlCall.Check(nvmlDeviceCreateGpuInstanceWithPlacement(device, (uint)profileId, &at, &made), $"{N(profileId)}, {wanted}");
        }
        else NvmlCall.Check(nvmlDeviceCreateGpuInstance(device, (uint)profileId, &made), N(profileId));
        return Info(made);
    }

    public IReadOnlyList<MigGpuInstance> GetGpuInstances()
    {
        var found = stackalloc NvmlGpuInstance[Most];
        var list = new List<MigGpuInstance>();
        foreach (var profile in GetProfiles())
        {
            uint count = Most;
            NvmlCall.Check(nvmlDeviceGetGpuInstances(device, (uint)profile.Id, found, &count), N(profile.Id));
            for (var i = 0; i < count; i++) list.Add(Info(found[i]));
        }
        return list;
    }

    public void DestroyGpuInstance(int gpuInstance) => NvmlCall.Check(nvmlGpuInstanceDestroy(Instance(gpuInstance)), N(gpuInstance));

    NvmlGpuInstance Instance(int id)
    {
        NvmlGpuInstance instance;
        NvmlCall.Check(nvmlDeviceGetGpuInstanceById(device, (uint)id, &instance), N(id));
        return instance;
    }

    static MigGpuInstance Info(NvmlGpuInstance instance)
    {
        nvmlGpuInstanceInfo_t info;
        NvmlCall.Check(nvmlGpuInstanceGetInfo(instance, &info), "");
        return new((int)info.id, (int)info.profileId, Place(info.placement));
    }

    /// <summary>The version with the name where the library has it and the driver below knows it.</summary>
    NvmlReturn Profile(uint constant, out MigProfile? profile)
    {
        profile = null;
        if (Has(nameof(nvmlDeviceGetGpuInstanceProfileInfoV)))
        {
            var info = new nvmlGpuInstanceProfileInfo_v2_t { version = nvmlGpuInstanceProfileInfo_v2_t.Version };
            var status = nvmlDeviceGetGpuInstanceProfileInfoV(device, constant, &info);
            if (status == NvmlReturn.Success)
            {
                profile = new((int)constant, (int)info.id, NvmlCall.Text(info.name), (int)info.sliceCount, (int)info.instanceCount, (int)info.multiprocessorCount, (long)info.memorySizeMB,
                    (int)info.copyEngineCount, (int)info.decoderCount, (int)info.encoderCount, (int)info.jpegCount, (int)info.ofaCount);
            }
            if (status is not (NvmlReturn.FunctionNotFound or NvmlReturn.ArgumentVersionMismatch)) return status;
        }
        nvmlGpuInstanceProfileInfo_t old;
        var answer = nvmlDeviceGetGpuInstanceProfileInfo(device, constant, &old);
        if (answer == NvmlReturn.Success)
        {
            profile = new((int)constant, (int)old.id, null, (int)old.sliceCount, (int)old.instanceCount, (int)old.multiprocessorCount, (long)old.memorySizeMB,
                (int)old.copyEngineCount, (int)old.decoderCount, (int)old.encoderCount, (int)old.jpegCount, (int)old.ofaCount);
        }
        return answer;
    }

    bool IsGuest()
    {
        const int Vgpu = 2;
        var mode = 0;
        return Has(nameof(nvmlDeviceGetVirtualizationMode)) && NvmlCall.Answers(nvmlDeviceGetVirtualizationMode(device, &mode)) && mode == Vgpu;
    }

    /// <summary>From the driver's own field, else from the architecture; null where neither says.</summary>
    bool? NeedsReset()
    {
        const uint Hopper = 9;
        var field = new nvmlFieldValue_t { fieldId = ResetlessField };
        if (Has(nameof(nvmlDeviceGetFieldValues)) && NvmlCall.Answers(nvmlDeviceGetFieldValues(device, 1, &field)) && field.nvmlReturn == 0) return (uint)field.value == 0;
        uint architecture = 0;
        return Has(nameof(nvmlDeviceGetArchitecture)) && NvmlCall.Answers(nvmlDeviceGetArchitecture(device, &architecture)) && architecture != uint.MaxValue ? architecture < Hopper : null;
    }

    static MigPlace[] Places(nvmlPlacement_t* at, uint count)
    {
        var places = new MigPlace[count];
        for (var i = 0; i < count; i++) places[i] = Place(at[i]);
        return [.. places.OrderBy(p => p.Start)];
    }

    static MigPlace Place(nvmlPlacement_t at) => new((int)at.start, (int)at.size);

    static string N(long number) => number.ToString(CultureInfo.InvariantCulture);
}
