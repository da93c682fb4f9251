using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Sim.Models;

/// <summary>
/// Streams over arrays, or a hot copy within a working set: the slice's share of L2 while the set fits, its share of memory bandwidth
/// beyond, both in part around the knee; and no more than its SMs can ask for.
/// </summary>
/// <param name="arrays">Arrays of the size given.</param>
/// <param name="counted">Bytes counted, in arrays.</param>
/// <param name="efficiency">Share of the bandwidth reached.</param>
/// <param name="overhead">Seconds to start and end a kernel; 0 where one kernel goes over the set again and again.</param>
/// <param name="size">Bytes of an array where a cell says none and the probe has no default.</param>
sealed class MemoryModel(ProbeInfo info, int arrays, double counted, Func<SimTraits, double> efficiency, double overhead = 2e-6, Func<SimGpu, SimSlice, double>? size = null) : ISimModel
{
    /// <summary>Bytes that one SM can have on its way in a clock; a few SMs of a large instance are limited by it.</summary>
    public const double BytesPerClock = 32;

    public ProbeInfo Info => info;

    public SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters)
    {
        var bytes = parameters["bytes"]?.Number ?? info.Parameters[0].Default?.Number ?? size!(gpu, slice);
        var set = bytes * arrays;
        if (slice.Memory is { } room && set > 0.95 * room) throw new ProbeSkippedException($"{arrays} x {Units.BytesText(bytes)} do not fit into the {Pretty.Bytes(room)} of {slice.Name}");
        var peak = gpu.Need("memory_bandwidth") * slice.MemoryShare;
        var memory = peak * efficiency(gpu.Traits);
        var cached = Math.Clamp(2 * (gpu.Need("l2") * slice.MemoryShare / set - 0.5), 0, 1);
        var cache = gpu.Traits.CacheRate * slice.MemoryShare;
        var rate = 1 / (cached / cache + (1 - cached) / memory);
        if (slice.ComputeShare < 1 && gpu.Maybe("sm_clock") is { } clock) rate = Math.Min(rate, slice.NeedSms * clock * BytesPerClock);
        var seconds = overhead + bytes * counted / rate;
        return new(seconds, [new(bytes * counted, IsRate: true)], new(Memory: (1 - cached) * rate / memory, Power: 0.5 * slice.MemoryShare))
        {
            // What L2 serves is not bounded by memory.
            Ceiling = cached > 0 ? null : new(peak, $"{gpu.How("memory_bandwidth")}, times {slice.MemoryShare:0.###} of the memory units"),
            Facts = new() { ["array"] = Units.BytesText(bytes), ["in L2"] = Pretty.Percent(cached), ["efficiency"] = gpu.Traits.Source },
        };
    }
}
