using System.Globalization;
using GpuLab.Model;

namespace GpuLab.Probes.Sim.Models;

/// <summary>Copies over the host link, which all slices share: a start-up time and a rate. With one copy engine, both directions take turns.</summary>
/// <param name="engines">By the copy engines; else by the SMs.</param>
sealed class LinkModel(ProbeInfo info, bool up, bool down, bool engines = true) : ISimModel
{
    /// <summary>Time of an empty copy among others.</summary>
    const double Startup = 1.3e-6;

    /// <summary>Copying from and to memory that the driver must stage: bound by one core of a host.</summary>
    const double Staging = 9e9;

    public ProbeInfo Info => info;

    public SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters)
    {
        var bytes = parameters.Number("bytes", info.Parameters[0].Default!.Value.Number);
        var line = gpu.Need("link");
        var rate = line * gpu.Traits.Link;
        var pageable = parameters.Word("memory", "pinned") == "pageable";
        if (pageable) rate = Math.Min(rate, Staging);
        var both = up && down;
        var turns = both && engines && slice.CopyEngines < 2;
        if (both) rate *= turns ? 0.5 : gpu.Traits.LinkBoth;
        var seconds = Startup + bytes / rate;
        var load = bytes / seconds / (line * gpu.Traits.Link);
        SimOutput one = new(bytes, IsRate: true);
        return new(seconds, [.. info.Metrics.Select((_, i) => both && i == 0 ? new SimOutput(2 * bytes, IsRate: true) : one)], new(Up: up ? load : 0, Down: down ? load : 0))
        {
            Noise = pageable ? 0.01 : 0.002,
            Ceiling = pageable ? null : new(both ? 2 * line : line, gpu.How("link")),
            Facts = new() { ["copy engines"] = slice.CopyEngines.ToString(CultureInfo.InvariantCulture), ["efficiency"] = gpu.Traits.Source },
        };
    }
}
