using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Link;
using GpuLab.Running;

namespace GpuLab.Probes.Sim.Models;

/// <summary>Copies over the host link, which all slices share: a start-up time and a rate. With one copy engine, both directions take turns.</summary>
/// <param name="engines">By the copy engines where a cell does not say otherwise; else by the SMs.</param>
sealed class LinkModel(ProbeInfo info, bool up, bool down, bool engines = true) : ISimModel
{
    /// <summary>Time of an empty copy among others.</summary>
    public const double Startup = 1.3e-6;

    /// <summary>What SMs reach of the engines' rate: 35.2 of 55.4 and 52.8 of 55.2 GB/s were published for H100.</summary>
    const double SmsUp = 0.64, SmsDown = 0.96;

    public ProbeInfo Info => info;

    public SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters)
    {
        var bytes = parameters.Number("bytes", info.Parameters[0].Default!.Value.Number);
        var line = gpu.Need("link");
        var byEngines = parameters.Word("by", engines ? LinkInfo.Engine : LinkInfo.Sms) == LinkInfo.Engine;
        var pageable = parameters.Word("memory", "pinned") == "pageable";
        if (pageable && !byEngines) throw new ProbeSkippedException("the SMs reach pinned memory of the host alone");
        var both = up && down;
        // Where both go at once they end at once, with the slower one.
        var each = Math.Min(up ? Rate(gpu, slice, true, both, byEngines) : double.PositiveInfinity, down ? Rate(gpu, slice, false, both, byEngines) : double.PositiveInfinity);
        if (pageable) each = Math.Min(each, SimHost.Staging);
        var seconds = Startup + bytes / each;
        var share = bytes / seconds / (line * gpu.Traits.Link);
        SimOutput one = new(bytes, IsRate: true);
        return new(seconds, [.. info.Metrics.Select((_, i) => both && i == 0 ? new SimOutput(2 * bytes, IsRate: true) : one)], new(Up: up ? share : 0, Down: down ? share : 0))
        {
            Noise = pageable ? 0.01 : 0.002,
            Ceiling = pageable ? null : new(both ? 2 * line : line, gpu.How("link")),
            Facts = Facts(gpu, slice, both, byEngines),
        };
    }

    /// <summary>Bytes a second of one direction.</summary>
    /// <param name="both">The other is busy as well.</param>
    public static double Rate(SimGpu gpu, SimSlice slice, bool up, bool both, bool byEngines)
    {
        var rate = gpu.Need("link") * gpu.Traits.Link * (byEngines ? 1 : up ? SmsUp : SmsDown);
        return !both ? rate : byEngines && slice.CopyEngines < 2 ? rate / 2 : rate * gpu.Traits.LinkBoth;
    }

    public static Dictionary<string, string> Facts(SimGpu gpu, SimSlice slice, bool both, bool byEngines)
    {
        Dictionary<string, string> facts = new() { ["efficiency"] = gpu.Traits.Source };
        if (byEngines) facts["copy engines"] = slice.CopyEngines.ToString(CultureInfo.InvariantCulture);
        if (byEngines && both) facts[LinkInfo.Directions] = "both at once";
        return facts;
    }
}
