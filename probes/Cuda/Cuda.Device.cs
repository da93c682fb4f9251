using System.Runtime.InteropServices;

namespace GpuLab.Probes.Cuda;

/// <summary>Errors, initialization, version, devices.</summary>
static unsafe partial class Cuda
{
    [LibraryImport(Library)]
    public static partial CUresult cuGetErrorName(CUresult error, byte** text);

    [LibraryImport(Library)]
    public static partial CUresult cuGetErrorString(CUresult error, byte** text);

    [LibraryImport(Library)]
    public static partial CUresult cuInit(uint flags);

    [LibraryImport(Library)]
    public static partial CUresult cuDriverGetVersion(int* version);

    [LibraryImport(Library)]
    public static partial CUresult cuDeviceGetCount(int* count);

    [LibraryImport(Library)]
    public static partial CUresult cuDeviceGet(CUdevice* device, int ordinal);

    [LibraryImport(Library)]
    public static partial CUresult cuDeviceGetName(byte* name, int length, CUdevice device);

    [LibraryImport(Library)]
    public static partial CUresult cuDeviceGetUuid_v2(byte* uuid, CUdevice device);

    [LibraryImport(Library)]
    public static partial CUresult cuDeviceTotalMem_v2(nuint* bytes, CUdevice device);

    [LibraryImport(Library)]
    public static partial CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute attribute, CUdevice device);

    [LibraryImport(Library)]
    public static partial CUresult cuDeviceGetPCIBusId(byte* id, int length, CUdevice device);
}
