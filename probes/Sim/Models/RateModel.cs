using GpuLab.Model;

namespace GpuLab.Probes.Sim.Models;

/// <summary>Operations at a rate that follows from the slice alone.</summary>
/// <param name="rate">Operations a second.</param>
/// <param name="source">What the rate rests on, for the reader.</param>
sealed class RateModel(ProbeInfo info, Func<SimGpu, SimSlice, double> rate, SimLoad load, string source) : ISimModel
{
    /// <summary>Seconds of a sample.</summary>
    const double Region = 200e-6;

    public ProbeInfo Info => info;

    public SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters) =>
        new(Region, [new(rate(gpu, slice) * Region, IsRate: true)], load) { Operations = 1, Noise = 0.005, Facts = new() { ["model"] = source } };
}
