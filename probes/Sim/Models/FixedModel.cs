using GpuLab.Model;

namespace GpuLab.Probes.Sim.Models;

/// <summary>What takes the same time on every slice: launches, a load over the link, the start of a context.</summary>
/// <param name="once">Seconds, whatever the amount.</param>
/// <param name="each">Seconds a unit.</param>
/// <param name="axis">The parameter that counts units, or null.</param>
/// <param name="operations">k of a sample.</param>
sealed class FixedModel(ProbeInfo info, double once, double each, string? axis, int operations, double noise) : ISimModel
{
    public ProbeInfo Info => info;

    public SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters)
    {
        var units = axis is null ? 1 : parameters.Number(axis, info.Parameters[0].Default!.Value.Number);
        return new(once + each * units, [new(units, IsRate: false)], new()) { Operations = operations, Noise = noise, Facts = new() { ["model"] = "constant, as measured on H100; host and driver matter more than the slice" } };
    }
}
