using System.Runtime.InteropServices;

namespace GpuLab.Probes.Cuda;

/// <summary>Modules, functions, launches.</summary>
static unsafe partial class Cuda
{
    /// <param name="image">PTX text that ends with a zero byte, or a cubin.</param>
    [LibraryImport(Library)]
    public static partial CUresult cuModuleLoadDataEx(CUmodule* module, void* image, uint count, CUjit_option* options, void** values);

    [LibraryImport(Library)]
    public static partial CUresult cuModuleUnload(CUmodule module);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial CUresult cuModuleGetFunction(CUfunction* function, CUmodule module, string name);

    [LibraryImport(Library)]
    public static partial CUresult cuFuncGetAttribute(int* value, CUfunction_attribute attribute, CUfunction function);

    [LibraryImport(Library)]
    public static partial CUresult cuFuncSetAttribute(CUfunction function, CUfunction_attribute attribute, int value);

    [LibraryImport(Library)]
    public static partial CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, CUfunction function, int threads, nuint dynamicShared);

    [LibraryImport(Library)]
    public static partial CUresult cuLaunchKernel(CUfunction function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ,
        uint sharedBytes, CUstream stream, void** parameters, void** extra);
}
