using GpuLab.Control;
using GpuLab.Control.Simulated;
using GpuLab.Geometry;
using GpuLab.Model;
using GpuLab.Probes;
using GpuLab.Probes.Sim;
using GpuLab.Running;

namespace GpuLab.Tests.Simulation;

/// <summary>Models against the figures that were measured on real GPUs (bands of MEASUREMENT 4.1) and against geometry.</summary>
public sealed class PredictionTests
{
    [Theory]
    [InlineData("a100-80gb", "mem.triad", 1.70e12)]
    [InlineData("h200-141gb", "mem.triad", 4.15e12)]
    [InlineData("h200-141gb", "mem.read", 4.48e12)]
    [InlineData("h100-sxm-80gb", "link.h2d", 55.4e9)]
    [InlineData("a100-80gb", "link.h2d", 26.1e9)]
    [InlineData("a100-80gb", "compute.bf16", 271e12)]
    [InlineData("h200-141gb", "compute.bf16", 789e12)]
    public void A_whole_GPU_is_predicted_within_4_percent_of_what_was_measured(string key, string probe, double measured) =>
        Assert.InRange(Rate(key, "whole", probe, 1 << 30) / measured, 0.96, 1.04);

    [Theory]
    [InlineData("1g.18gb@0", 1 / 8.0, 16 / 132.0)]
    [InlineData("2g.35gb@0", 2 / 8.0, 32 / 132.0)]
    [InlineData("3g.71gb@4", 4 / 8.0, 60 / 132.0)]
    [InlineData("4g.71gb@0", 4 / 8.0, 64 / 132.0)]
    public void A_slice_has_its_share_of_memory_and_of_SMs(string slice, double memory, double compute)
    {
        Assert.InRange(Rate("h200-141gb", slice, "mem.read", 1 << 30) / Rate("h200-141gb", "whole", "mem.read", 1 << 30) / memory, 0.99, 1.01);
        Assert.InRange(Rate("h200-141gb", slice, "compute.fp64", 0) / Rate("h200-141gb", "whole", "compute.fp64", 0) / compute, 0.99, 1.01);
    }

    [Fact]
    public void Memory_is_used_up_by_enough_SMs_with_enough_on_its_way_and_wasted_by_gaps()
    {
        var read = Rate("h200-141gb", "whole", "mem.read", 1 << 30);
        Assert.InRange(At("mem.saturation", ("sms", 132), ("warps", 32)) / read, 0.98, 1.02);
        Assert.InRange(At("mem.saturation", ("sms", 8), ("warps", 32)) / At("mem.saturation", ("sms", 4), ("warps", 32)), 1.95, 2.05);
        Assert.InRange(At("mem.saturation", ("sms", 132), ("warps", 2)) / At("mem.saturation", ("sms", 132), ("warps", 1)), 1.95, 2.05);
        Assert.InRange(At("mem.stride", ("stride", 128)) / At("mem.stride", ("stride", 16)), 0.49, 0.51);
        Assert.Contains("has 132", Assert.Throws<ProbeSkippedException>(() => At("mem.saturation", ("sms", 133))).Message, StringComparison.Ordinal);

        static double At(string probe, params (string Name, double Value)[] values)
        {
            var gpu = SimGpu.Of("h200-141gb");
            var work = SimModels.Find(probe)!.Predict(gpu, gpu.Slice("whole"), new([KeyValuePair.Create("bytes", ParameterValue.Bytes(1 << 30)), .. values.Select(v => KeyValuePair.Create(v.Name, ParameterValue.Count(v.Value)))]));
            return work.Outputs[0].Amount / work.Seconds;
        }
    }

    [Fact]
    public void One_copy_engine_takes_turns_between_the_directions()
    {
        var one = Rate("h200-141gb", "1g.18gb@0", "link.bidir", 1 << 26) / Rate("h200-141gb", "1g.18gb@0", "link.h2d", 1 << 26);
        var more = Rate("h200-141gb", "3g.71gb@0", "link.bidir", 1 << 26) / Rate("h200-141gb", "3g.71gb@0", "link.h2d", 1 << 26);
        Assert.InRange(one, 0.99, 1.01);
        Assert.InRange(more, 1.8, 1.9);
    }

    [Fact]
    public void A_working_set_within_the_slices_share_of_L2_is_faster()
    {
        var hot = Rate("h200-141gb", "1g.18gb@0", "mem.curve", 2 << 20);
        var cold = Rate("h200-141gb", "1g.18gb@0", "mem.curve", 64 << 20);
        Assert.True(hot > 1.5 * cold);
    }

    [Theory]
    [InlineData("a100-40gb", "compute.fp8", "has no fp8")]
    [InlineData("gh200-144gb", "link.h2d", "'link' of")]
    [InlineData("gh200-144gb", "mem.read", "'l2' of")]
    public void What_is_not_known_is_skipped_by_name(string key, string probe, string reason)
    {
        var device = SimulatedDevice.Open(key);
        var info = Catalogue.Probes.Single(p => p.Id == probe);
        Assert.Contains(reason, Catalogue.Obstacle(device, info, Whole, Parameters.None), StringComparison.Ordinal);
    }

    [Fact]
    public void Arrays_that_do_not_fit_are_skipped()
    {
        var device = SimulatedDevice.Open("h200-141gb");
        var info = Catalogue.Probes.Single(p => p.Id == "mem.triad");
        Assert.Contains("do not fit", Catalogue.Obstacle(device, info, Whole, Bytes(64L << 30)), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_probe_of_every_GPU_is_predicted_or_skipped_with_a_reason()
    {
        foreach (var model in GpuCatalogue.All)
        {
            var gpu = SimGpu.Of(model.Key);
            foreach (var sim in SimModels.All)
            {
                try
                {
                    var work = sim.Predict(gpu, gpu.Slice("whole"), Parameters.None);
                    Assert.True(work.Seconds is > 0 and < 10);
                    Assert.Equal(sim.Info.Metrics.Count, work.Outputs.Count);
                }
                catch (ProbeSkippedException skip)
                {
                    Assert.NotEmpty(skip.Message);
                }
            }
        }
    }

    [Fact]
    public void Decoding_moves_what_is_published_and_a_slice_its_share()
    {
        // gpt-fast on an A100-80GB: 1397 to 1411 GB/s.
        Assert.InRange(Llm("a100-80gb", "whole", "llm.decode", "bandwidth", 256), 1.33e12, 1.45e12);
        Assert.InRange(Llm("a100-80gb", "3g.40gb@0", "llm.decode", "rate", 256) / Llm("a100-80gb", "whole", "llm.decode", "rate", 256), 0.49, 0.52);
        Assert.InRange(Llm("h200-141gb", "whole", "llm.decode", "bandwidth_share", 256), 0.7, 0.8);
    }

    [Fact]
    public void Prompts_are_bound_by_arithmetic_and_take_more_than_in_proportion()
    {
        var (small, large) = (Llm("h200-141gb", "whole", "llm.prefill", "ttft", 1024), Llm("h200-141gb", "whole", "llm.prefill", "ttft", 8192));
        Assert.InRange(large / small, 6.5, 9);
        Assert.InRange(Llm("h200-141gb", "3g.71gb@0", "llm.prefill", "rate", 4096) / Llm("h200-141gb", "whole", "llm.prefill", "rate", 4096), 0.45, 0.56);
    }

    [Theory]
    [InlineData("1g.18gb@0", "llama-3.1-8b", "1g.18gb@0 has")]
    [InlineData("whole", "llama-9", "is not a shape")]
    public void A_model_that_does_not_fit_or_exist_is_skipped_by_name(string slice, string model, string reason)
    {
        var gpu = SimGpu.Of("h200-141gb");
        Parameters parameters = new(KeyValuePair.Create("model", ParameterValue.Of(model)), KeyValuePair.Create("context", ParameterValue.Count(65536)));
        Assert.Contains(reason, Assert.Throws<ProbeSkippedException>(() => SimModels.Find("llm.decode")!.Predict(gpu, gpu.Slice(slice), parameters)).Message, StringComparison.Ordinal);
    }

    /// <summary>With its own defaults, on the whole GPU and on a slice; what comes from the cuts of a sweep is simulated there.</summary>
    [Fact]
    public void Every_probe_of_the_catalogue_is_simulated_and_says_so()
    {
        const string key = "h100-sxm-80gb";
        var cuts = ControlInfo.All.Select(p => p.Id).ToHashSet();
        foreach (var info in Catalogue.Probes.Where(p => !cuts.Contains(p.Id)))
        {
            var probe = Assert.IsType<SimProbe>(Catalogue.For(DeviceKind.Simulated, info.Id));
            Parameters parameters = new([.. info.Parameters.Where(p => p.Default is not null).Select(p => KeyValuePair.Create(p.Name, p.Default!.Value)), .. Needed(info.Id)]);
            foreach (var slice in (string[])["whole", "3g.40gb@0"])
            {
                using var prepared = probe.Prepare(new(slice, [], parameters, 1) { Device = DeviceId.Parse($"sim:{key}", null) });
                Assert.Equal("predicted, not measured", prepared.Facts["simulated"]);
                var work = SimModels.Find(info.Id)!.Predict(SimGpu.Of(key), SimGpu.Of(key).Slice(slice), parameters);
                Assert.Equal(info.Metrics.Count, work.Outputs.Count);
                // What depends on more than time, such as a loss, may be unknown.
                Assert.All(work.Outputs, o => Assert.True(o.Number is null ? (o.IsRate ? o.Amount / work.Seconds : work.Seconds / o.Amount) is >= 0 and < double.PositiveInfinity : !(o.Number(1) < 0), info.Id));
            }
        }
        Assert.All(cuts, id => Assert.NotNull(SimModels.WhyNot(id)));
    }

    /// <summary>What a probe cannot do without.</summary>
    static IEnumerable<KeyValuePair<string, ParameterValue>> Needed(string id) => id == "command" ? [KeyValuePair.Create("command", new ParameterValue(ParameterType.Text, double.NaN, "./measure.sh"))] : [];

    static double Llm(string key, string slice, string probe, string metric, int tokens)
    {
        var gpu = SimGpu.Of(key);
        var model = SimModels.Find(probe)!;
        var work = model.Predict(gpu, gpu.Slice(slice), new(KeyValuePair.Create("model", ParameterValue.Of("llama-3.1-8b")), KeyValuePair.Create(model.Info.Axis!, ParameterValue.Count(tokens))));
        var output = work.Outputs[model.Info.Metrics.TakeWhile(m => m.Name != metric).Count()];
        return output.Number?.Invoke(1) ?? (output.IsRate ? output.Amount / work.Seconds : work.Seconds / output.Amount);
    }

    static Slice Whole => new(0, "whole", "whole", 0, 8, [], new Dictionary<string, string>());

    static Parameters Bytes(long bytes) => new(KeyValuePair.Create("bytes", ParameterValue.Bytes(bytes)));

    static double Rate(string key, string slice, string probe, long bytes)
    {
        var gpu = SimGpu.Of(key);
        var work = SimModels.Find(probe)!.Predict(gpu, gpu.Slice(slice), bytes == 0 ? Parameters.None : Bytes(bytes));
        return work.Outputs[0].Amount / work.Seconds;
    }
}
