using System.Globalization;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Sim.Models;

/// <summary>Arithmetic: the slice's share of the SMs. Tensor work also draws power, which the whole GPU shares.</summary>
/// <param name="figure">Its peak in the specification.</param>
/// <param name="tensor">Matrix products, dealt out to SMs as they become free; else loops, dealt out evenly.</param>
/// <param name="region">Seconds of a sample: by default long enough for clocks to settle, short enough for a quick look.</param>
sealed class ComputeModel(ProbeInfo info, string figure, bool tensor, double region = 0.01) : ISimModel
{
    public ProbeInfo Info => info;

    public SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters)
    {
        var share = slice.NeedSms / gpu.Need("sms");
        var peak = Peak(gpu) * share;
        var power = (tensor ? gpu.Traits.Power : 0.6) * share;
        var reached = tensor ? gpu.Traits.Tensor / Math.Max(1, power) : gpu.Traits.Fma;
        // What slows arithmetic down here is the clock.
        var clock = (gpu.Maybe("sm_clock") ?? double.NaN) / Math.Max(1, power);
        SimOutput[] outputs = [new(peak * reached * region, IsRate: true), new(clock * region, IsRate: true)];
        return new(region, outputs[..info.Metrics.Count], new(Power: power))
        {
            Noise = 0.001,
            SlowSm = to => tensor ? slice.NeedSms / (slice.NeedSms - 1 + to) : 1 / to,
            Ceiling = new(peak, $"{gpu.How(figure)}, times {slice.NeedSms:0} of {gpu.Need("sms"):0} SMs"),
            Facts = new() { ["sms"] = string.Create(CultureInfo.InvariantCulture, $"{slice.NeedSms:0.#}"), ["power"] = Pretty.Percent(power) + " of the limit at full clock", ["efficiency"] = gpu.Traits.Source },
        };
    }

    double Peak(SimGpu gpu)
    {
        if (figure != "int32") return gpu.Need(figure == "fp16" ? "bf16" : figure);
        if (double.IsNaN(gpu.Traits.IntegerShare)) throw new ProbeSkippedException($"the int32 rate of {gpu.Model.Product} is not known");
        return gpu.Need("fp32") * gpu.Traits.IntegerShare;
    }
}
