using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Train;
using GpuLab.Running;

namespace GpuLab.Probes.Sim.Models;

/// <summary>
/// A step of training as a roofline: products at a share of the arithmetic rate, the optimiser at memory bandwidth, launches; where slices share a batch, gradients go
/// down the link, are summed by the host, and come back up, all slices at once.
/// </summary>
sealed class TrainModel(ProbeInfo info) : ISimModel
{
    /// <summary>Share of the arithmetic rate that products reach; small ones reach less. Assumed, as for prompts of a language model.</summary>
    const double Products = 0.65, HalfTokens = 256;

    /// <summary>Kernels of a layer forward; backward has twice as many. The time of each in a graph.</summary>
    const double Kernels = 8, Launch = 1.3e-6;

    /// <summary>Bytes a second that the host adds up; assumed: one copy of the gradients of each slice is read.</summary>
    const double Summing = 20e9;

    /// <summary>Weights, gradients and two running means, read or written seven times by the optimiser.</summary>
    const int Copies = 4, Moves = 7;

    public ProbeInfo Info => info;

    public SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters)
    {
        var slices = Math.Max(1, slice.Team.Count);
        var shape = TrainShape.Read(parameters, slices);
        var bytes = (double)shape.Parameters * sizeof(float);
        Demand(slice, shape, bytes);
        var share = slice.NeedSms / gpu.Need("sms");
        var brains = parameters.Word("dtype", "fp32") == "bf16";
        var power = (brains ? gpu.Traits.Power : 0.6) * share;
        var peak = brains ? gpu.Need("bf16") * share * gpu.Traits.Tensor / Math.Max(1, gpu.Traits.Power * share) : gpu.Need("fp32") * share * gpu.Traits.Fma;
        var rate = peak * Products * shape.Rows / (shape.Rows + HalfTokens);
        var forward = shape.Flop / 3 / rate + shape.Layers * Kernels * Launch;
        var backward = 2 * forward;
        var memory = gpu.Need("memory_bandwidth") * slice.MemoryShare * gpu.Traits.Triad;
        var optimiser = Moves * bytes / memory + Launch;
        // Slices wait for each other, so the link is theirs in turn: down, then up.
        var link = slices == 1 ? 1 : gpu.Need("link") * gpu.Traits.Link;
        var exchange = slices == 1 ? 0 : 2 * slices * bytes / link + slices * bytes / Summing;
        var slowest = Slowest(slice, forward + backward + optimiser);
        var seconds = slowest + exchange;
        var waiting = slowest - (forward + backward + optimiser);
        SimOutput[] outputs =
        [
            new(shape.Rows, IsRate: true), new(1, IsRate: false), new(shape.Flop, IsRate: true), SimOutput.Of(_ => shape.Flop / seconds / peak),
            SimOutput.Part(forward, seconds), SimOutput.Part(backward, seconds), SimOutput.Part(optimiser, seconds),
            slices > 1 ? SimOutput.Part(exchange + waiting, seconds) : SimOutput.None,
        ];
        var used = bytes * slices / link / seconds;
        return new(seconds, outputs, new(slices > 1 ? used / slices : 0, slices > 1 ? used / slices : 0, optimiser / seconds, power * (forward + backward) / seconds))
        {
            Operations = 1, Noise = 0.003,
            Facts = new()
            {
                ["parameters"] = shape.Parameters.ToString(CultureInfo.InvariantCulture), ["counted"] = Pretty.Value(shape.Flop, "FLOP"),
                ["efficiency"] = $"65 % of the {(brains ? "tensor" : "fp32")} rate assumed{(slices > 1 ? ", 20 GB/s of adding up on the host assumed" : "")}",
            },
        };
    }

    /// <summary>Slices of different sizes have equal parts of the batch, and all wait for the smallest.</summary>
    static double Slowest(SimSlice slice, double own) => own * slice.NeedSms / slice.Team.Select(t => t.NeedSms).DefaultIfEmpty(slice.NeedSms).Min();

    static void Demand(SimSlice slice, TrainShape shape, double bytes)
    {
        var kept = 4.0 * shape.Rows * (shape.Layers * (7.0 * shape.Width + 3.0 * shape.Hidden) + shape.Vocabulary);
        if (slice.Memory is { } room && Copies * bytes + kept > 0.95 * room)
            throw new ProbeSkippedException($"training takes {Pretty.Bytes(Copies * bytes + kept)}, and {slice.Name} has {Pretty.Bytes(room)}");
    }
}
