using GpuLab.Control.Mig;
using static GpuLab.Control.Nvml.Nvml;

namespace GpuLab.Control.Nvml;

/// <summary>Compute instances.</summary>
public sealed unsafe partial class NvmlMigControl
{
    const uint SharedEngines = 0;

    /// <summary>By profile of the GPU instance: they do not change while MIG mode stays on, and asking takes a call for each constant.</summary>
    readonly Dictionary<int, IReadOnlyList<MigComputeProfile>> computeProfiles = [];

    public IReadOnlyList<MigComputeProfile> GetComputeProfiles(int gpuInstance)
    {
        var instance = Instance(gpuInstance);
        var profile = Info(instance).ProfileId;
        if (computeProfiles.TryGetValue(profile, out var known)) return known;
        var list = new List<MigComputeProfile>();
        for (var constant = 0u; constant < Constants; constant++)
        {
            nvmlComputeInstanceProfileInfo_t info;
            var status = nvmlGpuInstanceGetComputeInstanceProfileInfo(instance, constant, SharedEngines, &info);
            if (Denies(status)) status = nvmlGpuInstanceGetComputeInstanceProfileInfo(instance, constant, SharedEngines, &info);
            if (status == NvmlReturn.InvalidArgument) break;
            if (status == NvmlReturn.NotSupported) continue;
            NvmlCall.Check(status, $"{N(gpuInstance)}, {N(constant)}", nameof(nvmlGpuInstanceGetComputeInstanceProfileInfo) + "()");
            list.Add(new((int)constant, (int)info.id, (int)info.sliceCount, (int)info.instanceCount, (int)info.multiprocessorCount));
        }
        return computeProfiles[profile] = list;
    }

    /// <remarks>Empty where the driver has no such call; a compute instance then goes where the driver puts it.</remarks>
    public IReadOnlyList<MigPlace> GetComputePlacements(int gpuInstance, int profileId)
    {
        if (!Has(nameof(nvmlGpuInstanceGetComputeInstancePossiblePlacements))) return [];
        var at = stackalloc nvmlPlacement_t[Most];
        uint count = Most;
        NvmlCall.Check(nvmlGpuInstanceGetComputeInstancePossiblePlacements(Instance(gpuInstance), (uint)profileId, at, &count), $"{N(gpuInstance)}, {N(profileId)}");
        return Places(at, count);
    }

    public MigComputeInstance CreateComputeInstance(int gpuInstance, int profileId, MigPlace? place)
    {
        var instance = Instance(gpuInstance);
        NvmlComputeInstance made;
        if (place is { } wanted)
        {
            var at = new nvmlPlacement_t { start = (uint)wanted.Start, size = (uint)wanted.Size };
            NvmlCall.Check(nvmlGpuInstanceCreateComputeInstanceWithPlacement(instance, (uint)profileId, &at, &made), $"{N(gpuInstance)}, {N(profileId)}, {wanted}");
        }
        else NvmlCall.Check(nvmlGpuInstanceCreateComputeInstance(instance, (uint)profileId, &made), $"{N(gpuInstance)}, {N(profileId)}");
        return Info(made, gpuInstance).Compute;
    }

    public IReadOnlyList<MigComputeInstance> GetComputeInstances(int gpuInstance)
    {
        var instance = Instance(gpuInstance);
        var found = stackalloc NvmlComputeInstance[Most];
        var list = new List<MigComputeInstance>();
        foreach (var profile in GetComputeProfiles(gpuInstance))
        {
            uint count = Most;
            NvmlCall.Check(nvmlGpuInstanceGetComputeInstances(instance, (uint)profile.Id, found, &count), $"{N(gpuInstance)}, {N(profile.Id)}");
            for (var i = 0; i < count; i++) list.Add(Info(found[i], gpuInstance).Compute);
        }
        return list;
    }

    public void DestroyComputeInstance(int gpuInstance, int computeInstance) =>
        NvmlCall.Check(nvmlComputeInstanceDestroy(Compute(gpuInstance, computeInstance)), $"{N(gpuInstance)}/{N(computeInstance)}");

    /// <remarks>The compute instance leads to its device; only where that is the parent GPU are all MIG devices walked, which takes seconds under load.</remarks>
    public string GetUuid(int gpuInstance, int computeInstance)
    {
        var (_, mig) = Info(Compute(gpuInstance, computeInstance), gpuInstance);
        if (mig != device && NvmlDriver.Uuid(mig) is { } uuid && uuid.StartsWith("MIG-", StringComparison.Ordinal)) return uuid;
        return MigDevices().FirstOrDefault(m => m.GpuInstance == gpuInstance && m.ComputeInstance == computeInstance).Uuid
            ?? throw new NvmlException(NvmlReturn.NotFound, $"nvmlDeviceGetMigDeviceHandleByIndex({N(gpuInstance)}/{N(computeInstance)})");
    }

    /// <summary>PCI device and vendor as mig-parted filters by them, such as <c>0x233510DE</c>; null where the driver does not say.</summary>
    public string? PciDevice
    {
        get
        {
            nvmlPciInfo_t pci;
            return Has(nameof(nvmlDeviceGetPciInfo_v3)) && NvmlCall.Answers(nvmlDeviceGetPciInfo_v3(device, &pci)) ? $"0x{pci.pciDeviceId.ToString("X8", System.Globalization.CultureInfo.InvariantCulture)}" : null;
        }
    }

    /// <summary>Processes on the GPU or on one of its MIG devices, as far as this user may see them.</summary>
    public IReadOnlyList<MigHolder> GetHolders()
    {
        var list = new List<MigHolder>();
        Processes(device, list);
        if (GetMode().Current) foreach (var mig in MigDevices()) Processes(mig.Device, list);
        return [.. list.Distinct()];
    }

    static void Processes(NvmlDevice of, List<MigHolder> list)
    {
        if (!Has(nameof(nvmlDeviceGetComputeRunningProcesses_v3))) return;
        var found = new nvmlProcessInfo_t[Most];
        fixed (nvmlProcessInfo_t* at = found)
        {
            uint count = Most;
            if (NvmlCall.Answers(nvmlDeviceGetComputeRunningProcesses_v3(of, &count, at))) Add(count);
            count = Most;
            if (Has(nameof(nvmlDeviceGetGraphicsRunningProcesses_v3)) && NvmlCall.Answers(nvmlDeviceGetGraphicsRunningProcesses_v3(of, &count, at))) Add(count);
        }

        void Add(uint count)
        {
            foreach (var one in found.AsSpan(0, (int)Math.Min(count, Most)))
                list.Add(new((int)one.pid, one.gpuInstanceId == uint.MaxValue ? null : (int)one.gpuInstanceId, one.computeInstanceId == uint.MaxValue ? null : (int)one.computeInstanceId));
        }
    }

    List<(NvmlDevice Device, int GpuInstance, int ComputeInstance, string? Uuid)> MigDevices()
    {
        uint most = 0;
        NvmlCall.Check(nvmlDeviceGetMaxMigDeviceCount(device, &most), "");
        var list = new List<(NvmlDevice, int, int, string?)>();
        for (var i = 0u; i < most; i++)
        {
            NvmlDevice mig;
            uint gpuInstance, computeInstance;
            // A hole, or one that went away between two calls.
            if (!NvmlCall.Answers(nvmlDeviceGetMigDeviceHandleByIndex(device, i, &mig)) || !NvmlCall.Answers(nvmlDeviceGetGpuInstanceId(mig, &gpuInstance))
                || !NvmlCall.Answers(nvmlDeviceGetComputeInstanceId(mig, &computeInstance))) continue;
            list.Add((mig, (int)gpuInstance, (int)computeInstance, NvmlDriver.Uuid(mig)));
        }
        return list;
    }

    NvmlComputeInstance Compute(int gpuInstance, int computeInstance)
    {
        NvmlComputeInstance compute;
        NvmlCall.Check(nvmlGpuInstanceGetComputeInstanceById(Instance(gpuInstance), (uint)computeInstance, &compute), $"{N(gpuInstance)}, {N(computeInstance)}");
        return compute;
    }

    static (MigComputeInstance Compute, NvmlDevice Device) Info(NvmlComputeInstance compute, int gpuInstance)
    {
        nvmlComputeInstanceInfo_t info;
        NvmlCall.Check(nvmlComputeInstanceGetInfo_v2(compute, &info), N(gpuInstance));
        return (new((int)info.id, gpuInstance, (int)info.profileId, Place(info.placement)), info.device);
    }
}
