using GpuLab.Model;
using GpuLab.Probes.Sim;
using GpuLab.Running;

namespace GpuLab.Tests.Simulation;

/// <summary>Work that simulated slices share, against what can be worked out by hand.</summary>
public sealed class JointPredictionTests
{
    static readonly SimGpu Gpu = SimGpu.Of("h200-141gb");
    static readonly string[] Halves = ["3g.71gb@0", "3g.71gb@4"];

    static SimWork Of(string probe, string slice, IReadOnlyList<string> team, params (string Name, ParameterValue Value)[] parameters) =>
        SimModels.Find(probe)!.Predict(Gpu, Gpu.Slice(slice, team), new([.. parameters.Select(p => KeyValuePair.Create(p.Name, p.Value))]));

    static double Value(SimWork work, int output) => work.Outputs[output].Number is { } number ? number(1) : work.Outputs[output].IsRate ? work.Outputs[output].Amount / work.Seconds : work.Seconds / work.Outputs[output].Amount;

    static (string, ParameterValue)[] Llm(string work, int tokens, int batch, int microbatches, string model = "llama-3.1-8b") =>
        [("model", ParameterValue.Of(model)), ("work", ParameterValue.Of(work)), ("tokens", ParameterValue.Count(tokens)), ("batch", ParameterValue.Count(batch)), ("microbatches", ParameterValue.Count(microbatches))];

    [Fact]
    public void Both_stages_tell_the_same_round()
    {
        foreach (var microbatches in (int[])[1, 2, 8])
        {
            var rounds = Halves.Select(h => Of("llm.pipeline", h, Halves, Llm("decode", 1024, 8, microbatches)).Seconds).ToList();
            Assert.Equal(rounds[0], rounds[1]);
        }
    }

    /// <summary>Half of the weights at half of the bandwidth, twice for two microbatches: what decoding loses by being cut.</summary>
    [Fact]
    public void Decoding_bound_by_memory_takes_two_halves_about_twice_as_long_as_all_of_it()
    {
        var whole = Of("llm.pipeline", "7g.141gb@0", [], Llm("decode", 128, 2, 1)).Seconds;
        foreach (var microbatches in (int[])[1, 2])
            Assert.InRange(Of("llm.pipeline", Halves[0], Halves, Llm("decode", 128, 2, microbatches)).Seconds / whole, 1.8, 2.2);
    }

    /// <summary>60 of 132 multiprocessors each, both busy once there are enough microbatches.</summary>
    [Fact]
    public void Prompts_bound_by_arithmetic_keep_most_once_the_bubble_is_filled()
    {
        var whole = Value(Of("llm.pipeline", "7g.141gb@0", [], Llm("prefill", 2048, 8, 1)), 0);
        var (empty, filled) = (Of("llm.pipeline", Halves[1], Halves, Llm("prefill", 2048, 8, 1)), Of("llm.pipeline", Halves[1], Halves, Llm("prefill", 2048, 8, 8)));
        Assert.InRange(Value(empty, 0) / whole, 0.4, 0.65);
        Assert.InRange(Value(filled, 0) / whole, 0.8, 1.15);
        Assert.InRange(Value(empty, 2), 0.45, 0.55);
        Assert.InRange(Value(filled, 2), 0, 0.1);
    }

    [Fact]
    public void A_model_that_no_half_can_hold_fits_two()
    {
        var parameters = Llm("decode", 128, 1, 1, "llama-3.1-70b");
        (string, ParameterValue)[] int8 = [.. parameters, ("dtype", ParameterValue.Of("int8"))];
        Assert.Contains("80 of 80 layers", Assert.Throws<ProbeSkippedException>(() => Of("llm.pipeline", Halves[0], [], int8)).Message, StringComparison.Ordinal);
        Assert.All(Halves, h => Assert.True(Of("llm.pipeline", h, Halves, int8).Seconds > 0));
    }

    [Fact]
    public void Sharing_a_batch_costs_an_exchange_that_larger_batches_hide()
    {
        double Kept(int batch)
        {
            (string, ParameterValue)[] parameters = [("width", ParameterValue.Count(2048)), ("hidden", ParameterValue.Count(8192)), ("layers", ParameterValue.Count(16)), ("heads", ParameterValue.Count(16)),
                ("tokens", ParameterValue.Count(1024)), ("batch", ParameterValue.Count(batch)), ("dtype", ParameterValue.Of("bf16"))];
            var shared = Of("train.step", Halves[0], Halves, parameters);
            Assert.True(Value(shared, 7) > 0);
            // Link time alone: 4 bytes of each parameter from both slices down and up again.
            Assert.True(Value(shared, 7) > 2 * 2 * 4 * 1.0e9 / Gpu.Need("link"));
            return 2 * Value(shared, 0) / Value(Of("train.step", "7g.141gb@0", [], parameters), 0);
        }
        Assert.True(Kept(2) < Kept(8));
        Assert.InRange(Kept(16), Kept(8), 1.1);
    }

    [Fact]
    public void A_slice_alone_has_neither_bubble_nor_handover_nor_exchange()
    {
        var alone = Of("llm.pipeline", "7g.141gb@0", [], Llm("decode", 128, 2, 2));
        Assert.True(double.IsNaN(Value(alone, 2)) && double.IsNaN(Value(alone, 3)));
        Assert.True(double.IsNaN(Value(Of("train.step", "7g.141gb@0", []), 7)));
    }
}
