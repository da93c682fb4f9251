using System.Globalization;
using GpuLab.Model;

namespace GpuLab.Probes.Sim.Models;

/// <summary>Copies over the host link, which all slices share: a start-up time and a rate. With one copy engine, both directions take turns.</summary>
sealed class LinkModel(ProbeInfo info, bool up, bool down) : ISimModel
{
    /// <summary>Time of an empty copy among others.</summary>
    public const double Startup = 1.3e-6;

    public ProbeInfo Info => info;

    public SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters)
    {
        var bytes = parameters.Number("bytes", info.Parameters[0].Default!.Value.Number);
        var line = gpu.Need("link");
        var rate = line * gpu.Traits.Link;
        var pageable = parameters.Word("memory", "pinned") == "pageable";
        if (pageable) rate = Math.Min(rate, SimHost.Staging);
        var both = up && down;
        var turns = both && slice.CopyEngines < 2;
        if (both) rate *= turns ? 0.5 : gpu.Traits.LinkBoth;
        var seconds = Startup + bytes / rate;
        var load = bytes / seconds / (line * gpu.Traits.Link);
        SimOutput one = new(bytes, IsRate: true);
        return new(seconds, both ? [new(2 * bytes, IsRate: true), one, one] : [one], new(Up: up ? load : 0, Down: down ? load : 0))
        {
            Noise = pageable ? 0.01 : 0.002,
            Ceiling = pageable ? null : new(both ? 2 * line : line, gpu.How("link")),
            Facts = new() { ["copy engines"] = slice.CopyEngines.ToString(CultureInfo.InvariantCulture), ["efficiency"] = gpu.Traits.Source },
        };
    }
}
