using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Probes.Llm;
using GpuLab.Running;

namespace GpuLab.Probes.Train;

/// <summary>A step of training a small transformer; in mode joint the slices share each batch.</summary>
public sealed class TrainStep : IProbe, IForesight
{
    static readonly ProbeInfo About = new(
        "train.step", "Training of a small transformer: forward, backward, AdamW; in mode joint each slice has a part of the batch, and gradients are summed", Resource.Model,
        [
            new("train.step/rate", "token/s", Better.Higher, Across.Sum, "Tokens trained on per second"),
            new("train.step/time", "s", Better.Lower, Across.Worst, "Time of a step"),
            new("train.step/flops", "FLOP/s", Better.Higher, Across.Sum, "Counted operations per second: products with matrices and attention, forward once, backward twice; no embedding, no optimiser"),
            new("train.step/flops_share", "%", Better.Higher, Across.Mean, "Share of the measured rate of multiply-adds"),
            new("train.step/forward", "s", Better.Lower, Across.Worst, "From tokens to the loss"),
            new("train.step/backward", "s", Better.Lower, Across.Worst, "From the loss to all gradients"),
            new("train.step/optimiser", "s", Better.Lower, Across.Worst, "AdamW on all parameters"),
            new("train.step/exchange", "s", Better.Lower, Across.Worst, "Mode joint: summing the gradients of all slices through host memory, waiting for the last included"),
        ],
        TrainShape.All, StepTiming.Precision) { Slow = new(10, 0.1), Joint = true };

    public ProbeInfo Info => About;

    public IPreparedProbe Prepare(ProbeRequest request) => new TrainProbe(request);

    string? IForesight.Obstacle(Slice slice, Parameters parameters) => LlmRequest.Obstacle(() => TrainProbe.DemandRoom(parameters, slice.Cpus.Count, Math.Max(1, slice.Team.Count)));
}
