using System.Runtime.InteropServices;
using GpuLab.Control.Mig;

namespace GpuLab.Control.Nvml;

/// <summary>Initialization and system queries.</summary>
static unsafe partial class Nvml
{
    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlInit_v2();

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlSystemGetDriverVersion(byte* version, uint length);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlSystemGetNVMLVersion(byte* version, uint length);
}
