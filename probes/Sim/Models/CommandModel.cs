using GpuLab.Model;
using GpuLab.Probes.Commands;
using GpuLab.Running;

namespace GpuLab.Probes.Sim.Models;

/// <summary>
/// A program of somebody else. What it does cannot be known, so the sweep declares how long one unit of its work takes on the whole GPU (<c>whole</c>) and
/// what bounds it (<c>bound</c>); predicted is only what slices and neighbours leave of that: a share of the SMs or of the memory, or the link that all share.
/// </summary>
sealed class CommandModel(ProbeInfo info) : ISimModel
{
    public ProbeInfo Info => info;

    public SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters)
    {
        if (CommandProbe.Obstacle(parameters) is { } reason) throw new ProbeSkippedException(reason);
        var bound = parameters.Word("bound", CommandProbe.Bound.Default!.Value.Word!);
        var share = bound switch { "compute" => slice.NeedSms / gpu.Need("sms"), "memory" => slice.MemoryShare, _ => 1 };
        var seconds = parameters.Number("whole", CommandProbe.Whole.Default!.Value.Number) / share;
        SimLoad load = bound switch
        {
            // As other loops draw.
            "compute" => new(Power: 0.6 * share),
            "memory" => new(Memory: 1, Power: 0.5 * share),
            "link" => new(Up: 1),
            _ => default,
        };
        return new(seconds, [new(1, IsRate: true), new(1, IsRate: false)], load)
        {
            Noise = 0.01,
            Facts = new()
            {
                ["command"] = $"not run: {parameters["command"]!.Value.Word}",
                ["declared"] = $"{(parameters["whole"] ?? CommandProbe.Whole.Default).ToString()!} a unit on the whole GPU, bound by {bound}{(parameters["whole"] is null ? "; nothing is known of it: give 'whole' and 'bound'" : "")}",
            },
        };
    }
}
