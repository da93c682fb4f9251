using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Memory;
using GpuLab.Running;

namespace GpuLab.Probes.Sim.Models;

/// <summary>Reads of a given shape: memory moves whole sectors, and SMs get no more than what they have on its way in the time that memory takes (Little).</summary>
sealed class ReadShapeModel(ProbeInfo info) : ISimModel
{
    /// <summary>Bytes that memory moves for an access that no neighbour joins.</summary>
    const double Sector = 32;

    public ProbeInfo Info => info;

    public SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters)
    {
        var bytes = parameters.Number("bytes", info.Parameters[0].Default!.Value.Number);
        if (slice.Memory is { } room && bytes > 0.95 * room) throw new ProbeSkippedException($"{Units.BytesText(bytes)} do not fit into the {Pretty.Bytes(room)} of {slice.Name}");
        var (stride, sms, warps) = (parameters.Number("stride", Vector16.Size), parameters.Number("sms", slice.NeedSms), parameters.Number("warps", 32));
        if (sms > slice.NeedSms) throw new ProbeSkippedException(string.Create(CultureInfo.InvariantCulture, $"{sms} SMs are asked for, and {slice.Name} has {slice.NeedSms:0}"));
        var peak = gpu.Need("memory_bandwidth") * slice.MemoryShare;
        var memory = peak * gpu.Traits.Read;
        var moved = Math.Clamp(stride, Vector16.Size, Sector) / Vector16.Size;
        var asked = sms * warps * MemoryInfo.WarpInFlight / gpu.Traits.Memory;
        if (gpu.Maybe("sm_clock") is { } clock) asked = Math.Min(asked, sms * clock * MemoryModel.BytesPerClock);
        var rate = Math.Min(memory / moved, asked);
        return new(2e-6 + bytes / rate, [new(bytes, IsRate: true)], new(Memory: rate * moved / memory, Power: 0.5 * slice.MemoryShare))
        {
            Ceiling = new(peak, $"{gpu.How("memory_bandwidth")}, times {slice.MemoryShare:0.###} of the memory units"),
            Facts = new() { ["array"] = Units.BytesText(bytes), ["model"] = "sectors of 32 bytes, and Little's law for what SMs have on its way", ["efficiency"] = gpu.Traits.Source },
        };
    }
}
