using GpuLab.Control.Simulated;
using GpuLab.Model;
using GpuLab.Running;
using GpuLab.Simulation;
using GpuLab.Sweeps;

namespace GpuLab.Probes.Sim;

/// <summary>What the whole of a simulated GPU shows while a trial works: power from the models, clocks from the power cap and planted throttling.</summary>
public static class SimState
{
    /// <summary>Share of the power limit that an idle GPU draws; an assumption.</summary>
    const double Idle = 0.1;

    /// <param name="plant">File of planted effects; empty for none.</param>
    public static Func<IReadOnlyList<Work>, int, SimulatedState> Of(DeviceId device, string plant)
    {
        var (gpu, effects) = (SimGpu.Of(device.Name), SimProbe.Planted(plant).Effects.OfType<PlantedEffect.Throttle>().ToArray());
        return (works, repeat) =>
        {
            var wanted = works.Sum(w => Power(gpu, w));
            // Clocks are the whole GPU's: where one slice is throttled, all are.
            var throttled = effects.Where(e => works.Any(w => e.Where.Holds(w.Slice, w.Probe, repeat))).Select(e => e.To).DefaultIfEmpty(1).Min();
            var capped = 1 / Math.Max(1, wanted);
            return new(Math.Min(throttled, capped), Idle + (1 - Idle) * Math.Min(1, wanted), (capped < 1 ? SimulatedState.PowerCap : 0) | (throttled < 1 ? SimulatedState.Thermal : 0));
        };
    }

    static double Power(SimGpu gpu, Work work)
    {
        try
        {
            return SimModels.Find(work.Probe.Id)?.Predict(gpu, gpu.Slice(work.Slice), work.Parameters).Load.At(work.Duty).Power ?? 0;
        }
        catch (ProbeSkippedException)
        {
            // A cell that is skipped draws nothing.
            return 0;
        }
    }
}
