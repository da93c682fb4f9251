using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Sim.Models;

/// <summary>Dependent loads: a plateau for each level, mixed by the part of a random cycle that each holds.</summary>
sealed class ChaseModel(ProbeInfo info) : ISimModel
{
    const double FirstLevel = 192 << 10, FirstLatency = 20e-9;

    /// <summary>Bytes of a whole GPU that translations are kept for, and seconds of finding one; assumed.</summary>
    public const double Reach = 64e9, WalkLatency = 120e-9;

    const int Steps = 1 << 14;

    public ProbeInfo Info => info;

    public SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters)
    {
        var bytes = parameters.Number("bytes", info.Parameters[0].Default!.Value.Number);
        if (slice.Memory is { } room && bytes > 0.95 * room) throw new ProbeSkippedException($"{Units.BytesText(bytes)} do not fit into the {Pretty.Bytes(room)} of {slice.Name}");
        var traits = gpu.Traits;
        var l2 = gpu.Need("l2") * slice.MemoryShare;
        var second = Second(traits, slice);
        var (first, cached, reached) = (Held(FirstLevel, bytes), Held(l2, bytes), Held(Reach * slice.MemoryShare, bytes));
        var latency = first * FirstLatency + (cached - first) * second + (1 - cached) * (traits.Memory + (1 - reached) * WalkLatency);
        return new(latency, [new(1, IsRate: false)], new()) { Operations = Steps, Noise = 0.004, Facts = new() { ["bytes"] = Units.BytesText(bytes), ["in L2"] = Pretty.Percent(cached) } };
    }

    /// <summary>Latency of the L2. A whole GPU has two halves of it, one of them far; up to half of the memory units lie on one side.</summary>
    public static double Second(SimTraits traits, SimSlice slice) => slice.MemoryShare > 0.5 ? (traits.Near + traits.Far) / 2 : traits.Near;

    /// <summary>The part of a cycle that hits: all while it fits, and steeply less beyond, since what comes next is what was last used longest ago.</summary>
    public static double Held(double capacity, double bytes) => bytes <= capacity ? 1 : Math.Pow(capacity / bytes, 2);
}
