using GpuLab.Model;
using GpuLab.Probes.Link;

namespace GpuLab.Probes.Sim.Models;

/// <summary>Latencies of the link, the same on every slice.</summary>
sealed class LinkLatencyModel(ProbeInfo info) : ISimModel
{
    /// <summary>Seconds: a load as measured on H100; a flag as two ways of half a load and the same again for the answer's look, a copy as a launch that is waited for; assumed.</summary>
    const double Load = 0.9e-6, Flag = 1.8e-6, Copy = 6.5e-6;

    public ProbeInfo Info => info;

    public SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters)
    {
        var kind = parameters.Word("kind", LinkInfo.Load);
        var seconds = kind switch { LinkInfo.Flag => Flag, LinkInfo.Copy => Copy, _ => Load };
        return new(seconds, [new(1, IsRate: false)], default)
        {
            Operations = kind == LinkInfo.Load ? 1 << 12 : 128, Noise = 0.01, Facts = new() { ["model"] = kind == LinkInfo.Load ? "constant, as measured on H100" : "constant, assumed" },
        };
    }
}
