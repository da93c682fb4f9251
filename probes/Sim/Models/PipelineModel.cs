using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Llm.Pipeline;
using GpuLab.Running;

namespace GpuLab.Probes.Sim.Models;

/// <summary>
/// Stages of a language model: each a roofline of its layers, states between them down the link and up again, with a wait for the host at each. A round takes what the
/// slowest stage needs for all microbatches, or what one microbatch needs for its way through all stages, whichever is longer.
/// </summary>
sealed class PipelineModel(ProbeInfo info) : ISimModel
{
    /// <summary>To start a copy among others, and until the host knows that one has ended.</summary>
    const double Startup = 1.3e-6, Noticing = 6.5e-6;

    public ProbeInfo Info => info;

    /// <param name="Roof">Of one microbatch.</param>
    /// <param name="Copying">Seconds of its states in and out.</param>
    readonly record struct Stage(LlmRoof Roof, double Copying)
    {
        public double Busy => Roof.Seconds + Copying;
    }

    public SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters)
    {
        LlmModel.DemandNoCheckpoint(parameters);
        var wanted = PipelineRequest.Read(parameters);
        IReadOnlyList<SimSlice> team = slice.Team.Count == 0 ? [slice] : slice.Team;
        var rank = team.TakeWhile(t => t.Name != slice.Name).Count();
        var rate = team.Count == 1 ? double.PositiveInfinity : gpu.Need("link") * gpu.Traits.Link;
        var bytes = BytesOf(parameters);
        var states = 2.0 * wanted.RoundTokens / wanted.Microbatches * wanted.Llm.Shape.Width;
        List<Stage> stages = [.. team.Select((t, s) => Of(gpu, t, wanted, s, team.Count, bytes, ((s > 0 ? 1 : 0) + (s < team.Count - 1 ? 1 : 0)) * (Startup + states / rate)))];
        Demand(slice, wanted, rank, team.Count, bytes);
        var own = stages[rank];
        var round = Math.Max(wanted.Microbatches * stages.Max(s => s.Busy), stages.Sum(s => s.Busy) + (team.Count - 1) * Noticing);
        var busy = wanted.Microbatches * own.Busy / round;
        var handover = wanted.Microbatches * (own.Copying + (rank > 0 ? Noticing : 0));
        var down = rank < team.Count - 1 ? wanted.Microbatches * states / rate / round : 0;
        var up = rank > 0 ? wanted.Microbatches * states / rate / round : 0;
        return new(round,
            [
                new(wanted.RoundTokens, IsRate: true), new(1, IsRate: false),
                team.Count == 1 ? SimOutput.None : SimOutput.Of(_ => 1 - busy), team.Count == 1 ? SimOutput.None : SimOutput.Part(handover, round),
            ],
            own.Roof.Load.At(busy) with { Up = up, Down = down })
        {
            Operations = 1, Noise = 0.003,
            Facts = new()
            {
                ["model"] = wanted.Llm.Shape.Name,
                ["layers"] = string.Create(CultureInfo.InvariantCulture, $"{wanted.Part(rank, team.Count).Layers} of {wanted.Llm.Shape.Layers}"),
                ["bound by"] = own.Roof.Reading > own.Roof.Computing ? "memory" : "arithmetic", ["efficiency"] = LlmRoof.Source,
                ["states"] = team.Count == 1 ? "none handed over" : $"{Units.BytesText(Math.Round(states))} a microbatch through host memory",
            },
        };
    }

    static double BytesOf(Parameters parameters) => LlmModel.BytesOf(parameters.Word("dtype", "bf16"));

    static Stage Of(SimGpu gpu, SimSlice slice, PipelineRequest wanted, int rank, int stages, double bytes, double copying)
    {
        var (shape, part) = (wanted.Llm.Shape, wanted.Part(rank, stages));
        var (rows, group) = ((double)wanted.RoundTokens / wanted.Microbatches, wanted.Group);
        var head = part.IsLast ? (double)shape.Vocabulary * shape.Width : 0;
        var layers = LayerWeights(wanted) * part.Layers;
        var attention = 4.0 * part.Layers * shape.Heads * shape.HeadSize * wanted.Tokens * rows * (wanted.Decode ? 1 : 0.5);
        return new(LlmRoof.Of(gpu, slice, (layers + head) * bytes + Cache(wanted, part.Layers, group), 2 * layers * rows + 2 * head * group + attention, rows, part.Layers, wanted.Decode), copying);
    }

    static double LayerWeights(PipelineRequest wanted)
    {
        var shape = wanted.Llm.Shape;
        return (shape.MatrixParameters - (double)shape.Vocabulary * shape.Width) / shape.Layers;
    }

    static double Cache(PipelineRequest wanted, int layers, int sequences) => (double)wanted.Llm.Shape.KvBytesPerToken(2) * layers / wanted.Llm.Shape.Layers * wanted.Tokens * sequences;

    static void Demand(SimSlice slice, PipelineRequest wanted, int rank, int stages, double bytes)
    {
        var (shape, part) = (wanted.Llm.Shape, wanted.Part(rank, stages));
        var embedding = (double)shape.Vocabulary * shape.Width;
        var needed = LayerWeights(wanted) * part.Layers * bytes + (part.IsLast ? embedding * bytes : 0) + (part.IsFirst && !(part.IsLast && shape.TiedHead) ? 2 * embedding : 0) + Cache(wanted, part.Layers, wanted.Batch);
        if (slice.Memory is { } room && needed > 0.95 * room)
            throw new ProbeSkippedException(string.Create(CultureInfo.InvariantCulture, $"{part.Layers} of {part.Of} layers of {shape.Name} take {Pretty.Bytes(needed)} with their cache, and {slice.Name} has {Pretty.Bytes(room)}"));
    }
}
