using System.Runtime.InteropServices;

namespace GpuLab.Probes.Cuda;

/// <summary>Memory of the device and of the host, copies.</summary>
static unsafe partial class Cuda
{
    [LibraryImport(Library)]
    public static partial CUresult cuMemGetInfo_v2(nuint* free, nuint* total);

    [LibraryImport(Library)]
    public static partial CUresult cuMemAlloc_v2(CUdeviceptr* memory, nuint bytes);

    [LibraryImport(Library)]
    public static partial CUresult cuMemFree_v2(CUdeviceptr memory);

    [LibraryImport(Library)]
    public static partial CUresult cuMemHostAlloc(void** memory, nuint bytes, uint flags);

    [LibraryImport(Library)]
    public static partial CUresult cuMemFreeHost(void* memory);

    [LibraryImport(Library)]
    public static partial CUresult cuMemHostRegister_v2(void* memory, nuint bytes, uint flags);

    [LibraryImport(Library)]
    public static partial CUresult cuMemHostUnregister(void* memory);

    [LibraryImport(Library)]
    public static partial CUresult cuMemHostGetDevicePointer_v2(CUdeviceptr* device, void* host, uint flags);

    [LibraryImport(Library)]
    public static partial CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, void* from, nuint bytes, CUstream stream);

    [LibraryImport(Library)]
    public static partial CUresult cuMemcpyDtoHAsync_v2(void* to, CUdeviceptr from, nuint bytes, CUstream stream);

    [LibraryImport(Library)]
    public static partial CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, nuint bytes, CUstream stream);

    [LibraryImport(Library)]
    public static partial CUresult cuMemsetD8Async(CUdeviceptr at, byte value, nuint bytes, CUstream stream);
}
