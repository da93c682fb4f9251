using System.Runtime.InteropServices;
using GpuLab.Control.Mig;

namespace GpuLab.Control.Nvml;

/// <summary>What explains a low number: link, clocks, power, memory errors, modes.</summary>
static unsafe partial class Nvml
{
    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetCurrPcieLinkGeneration(NvmlDevice device, uint* generation);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetMaxPcieLinkGeneration(NvmlDevice device, uint* generation);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetCurrPcieLinkWidth(NvmlDevice device, uint* lanes);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetMaxPcieLinkWidth(NvmlDevice device, uint* lanes);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetPcieReplayCounter(NvmlDevice device, uint* replays);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetMaxClockInfo(NvmlDevice device, int clock, uint* megahertz);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetCurrentClocksThrottleReasons(NvmlDevice device, ulong* reasons);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetEnforcedPowerLimit(NvmlDevice device, uint* milliwatts);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetPowerManagementDefaultLimit(NvmlDevice device, uint* milliwatts);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetPersistenceMode(NvmlDevice device, uint* mode);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetComputeMode(NvmlDevice device, uint* mode);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetEccMode(NvmlDevice device, uint* current, uint* pending);

    /// <param name="kind">0 corrected, 1 uncorrected.</param>
    /// <param name="counter">0 since the driver was loaded, 1 over the card's life.</param>
    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetTotalEccErrors(NvmlDevice device, int kind, int counter, ulong* errors);

    [LibraryImport(Library)]
    public static partial NvmlReturn nvmlDeviceGetRemappedRows(NvmlDevice device, uint* corrected, uint* uncorrected, uint* pending, uint* failed);
}
