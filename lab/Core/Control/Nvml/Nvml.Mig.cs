using System.Runtime.InteropServices;
using GpuLab.Control.Mig;

namespace GpuLab.Control.Nvml;

/// <summary>Multi Instance GPU management.</summary>
static unsafe partial class Nvml
{
    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetMigMode(NvmlDevice device, uint* current, uint* pending);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceSetMigMode(NvmlDevice device, uint mode, NvmlReturn* activationStatus);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetGpuInstanceProfileInfo(NvmlDevice device, uint profile, nvmlGpuInstanceProfileInfo_t* info);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetGpuInstanceProfileInfoV(NvmlDevice device, uint profile, nvmlGpuInstanceProfileInfo_v2_t* info);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetGpuInstancePossiblePlacements(NvmlDevice device, uint profileId, nvmlPlacement_t* placements, uint* count);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetGpuInstancePossiblePlacements_v2(NvmlDevice device, uint profileId, nvmlPlacement_t* placements, uint* count);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetGpuInstanceRemainingCapacity(NvmlDevice device, uint profileId, uint* count);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceCreateGpuInstance(NvmlDevice device, uint profileId, NvmlGpuInstance* instance);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceCreateGpuInstanceWithPlacement(NvmlDevice device, uint profileId, nvmlPlacement_t* placement, NvmlGpuInstance* instance);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetGpuInstances(NvmlDevice device, uint profileId, NvmlGpuInstance* instances, uint* count);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetGpuInstanceById(NvmlDevice device, uint id, NvmlGpuInstance* instance);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlGpuInstanceGetInfo(NvmlGpuInstance instance, nvmlGpuInstanceInfo_t* info);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlGpuInstanceDestroy(NvmlGpuInstance instance);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlGpuInstanceGetComputeInstanceProfileInfo(NvmlGpuInstance instance, uint profile, uint engineProfile, nvmlComputeInstanceProfileInfo_t* info);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlGpuInstanceGetComputeInstancePossiblePlacements(NvmlGpuInstance instance, uint profileId, nvmlPlacement_t* placements, uint* count);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlGpuInstanceCreateComputeInstance(NvmlGpuInstance instance, uint profileId, NvmlComputeInstance* compute);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlGpuInstanceCreateComputeInstanceWithPlacement(NvmlGpuInstance instance, uint profileId, nvmlPlacement_t* placement, NvmlComputeInstance* compute);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlGpuInstanceGetComputeInstances(NvmlGpuInstance instance, uint profileId, NvmlComputeInstance* computes, uint* count);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlGpuInstanceGetComputeInstanceById(NvmlGpuInstance instance, uint id, NvmlComputeInstance* compute);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlComputeInstanceGetInfo_v2(NvmlComputeInstance compute, nvmlComputeInstanceInfo_t* info);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlComputeInstanceDestroy(NvmlComputeInstance compute);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetMaxMigDeviceCount(NvmlDevice device, uint* count);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetMigDeviceHandleByIndex(NvmlDevice device, uint index, NvmlDevice* mig);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetGpuInstanceId(NvmlDevice mig, uint* id);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetComputeInstanceId(NvmlDevice mig, uint* id);
}
