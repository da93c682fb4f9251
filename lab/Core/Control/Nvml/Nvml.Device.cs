using System.Runtime.InteropServices;
using GpuLab.Control.Mig;

namespace GpuLab.Control.Nvml;

/// <summary>Device queries.</summary>
static unsafe partial class Nvml
{
    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetCount_v2(uint* count);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetHandleByIndex_v2(uint index, NvmlDevice* device);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetHandleByUUID(byte* uuid, NvmlDevice* device);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetIndex(NvmlDevice device, uint* index);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetName(NvmlDevice device, byte* name, uint length);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetUUID(NvmlDevice device, byte* uuid, uint length);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetVbiosVersion(NvmlDevice device, byte* version, uint length);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetPciInfo_v3(NvmlDevice device, nvmlPciInfo_t* pci);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetMemoryInfo(NvmlDevice device, nvmlMemory_t* memory);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetCudaComputeCapability(NvmlDevice device, int* major, int* minor);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetArchitecture(NvmlDevice device, uint* architecture);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetVirtualizationMode(NvmlDevice device, int* mode);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetFieldValues(NvmlDevice device, int count, nvmlFieldValue_t* values);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetTemperature(NvmlDevice device, int sensor, uint* celsius);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetPowerUsage(NvmlDevice device, uint* milliwatts);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetClockInfo(NvmlDevice device, int clock, uint* megahertz);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetComputeRunningProcesses_v3(NvmlDevice device, uint* count, nvmlProcessInfo_t* processes);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetGraphicsRunningProcesses_v3(NvmlDevice device, uint* count, nvmlProcessInfo_t* processes);
}
