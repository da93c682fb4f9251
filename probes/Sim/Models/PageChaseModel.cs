using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Sim.Models;

/// <summary>Dependent loads in page after page: the L2's latency, and the time of finding a translation where it is not kept.</summary>
sealed class PageChaseModel(ProbeInfo info) : ISimModel
{
    public ProbeInfo Info => info;

    public SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters)
    {
        var bytes = parameters.Number("bytes", info.Parameters[0].Default!.Value.Number);
        if (slice.Memory is { } room && bytes > 0.95 * room) throw new ProbeSkippedException($"{Units.BytesText(bytes)} do not fit into the {Pretty.Bytes(room)} of {slice.Name}");
        var latency = ChaseModel.Second(gpu.Traits, slice) + (1 - ChaseModel.Held(ChaseModel.Reach * slice.MemoryShare, bytes)) * ChaseModel.WalkLatency;
        return new(latency, [new(1, IsRate: false)], default) { Operations = 1 << 14, Noise = 0.004, Facts = new() { ["pages"] = Units.BytesText(bytes), ["model"] = "reach and time of translations are assumed" } };
    }
}
