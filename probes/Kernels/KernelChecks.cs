using GpuLab.Probes.Aggressors;
using GpuLab.Probes.Compute;
using GpuLab.Probes.Latency;
using GpuLab.Probes.Launch;
using GpuLab.Probes.Link;
using GpuLab.Probes.Llm;
using GpuLab.Probes.Loading;
using GpuLab.Probes.Memory;
using GpuLab.Probes.Trace;

namespace GpuLab.Probes.Kernels;

/// <summary>Every check of a kernel. A test fails when an entry of a module that ships is missing here.</summary>
public static class KernelChecks
{
    public static IReadOnlyList<KernelCheck> All { get; } =
    [
        .. FillChecks.All, .. StreamChecks.All, .. ChaseChecks.All, .. ChainChecks.All, .. TensorChecks.All, .. WarpgroupChecks.All, .. ClockChecks.All,
        .. LatchChecks.All, NullCheck.Check, LinkChecks.Both, TraceChecks.Blocks, .. StormChecks.All, .. WeightChecks.All,
        .. ProductChecks.All, .. LayerChecks.All, .. AttentionChecks.All,
    ];
}
