using GpuLab.Probes.Memory;

namespace GpuLab.Probes.Kernels;

/// <summary>Every check of a kernel. A test fails when an entry of a module that is shipped is missing here.</summary>
public static class KernelChecks
{
    public static IReadOnlyList<KernelCheck> All { get; } = [.. FillChecks.All, .. StreamChecks.All];
}
