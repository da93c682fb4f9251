using System.Runtime.InteropServices;

namespace GpuLab.Probes.Cuda;

/// <summary>The primary context: the one that every library of a process shares.</summary>
static unsafe partial class Cuda
{
    [LibraryImport(Library)]
    public static partial CUresult cuDevicePrimaryCtxSetFlags_v2(CUdevice device, uint flags);

    [LibraryImport(Library)]
    public static partial CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device);

    [LibraryImport(Library)]
    public static partial CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device);

    [LibraryImport(Library)]
    public static partial CUresult cuCtxSetCurrent(CUcontext context);

    [LibraryImport(Library)]
    public static partial CUresult cuCtxSynchronize();
}
