using GpuLab.Model;
using GpuLab.Probes;
using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Llm;
using GpuLab.Running;
using GpuLab.Tests.Probes;

namespace GpuLab.Tests.Llm;

[Collection(nameof(HostProbes))]
public sealed class LlmProbeTests
{
    static readonly (string, ParameterValue) Tiny = ("model", ParameterValue.Of("tiny"));

    static (string, ParameterValue) Count(string name, double value) => (name, ParameterValue.Count(value));

    static (string, ParameterValue) Word(string name, string value) => (name, ParameterValue.Of(value));

    public static TheoryData<string, string, int, int> Cells()
    {
        var cells = new TheoryData<string, string, int, int>();
        foreach (var id in (string[])["llm.prefill", "llm.decode"])
        {
            cells.Add(id, "bf16", 1, 1);
            cells.Add(id, "bf16", 5, Bench.Cpus.Count);
            cells.Add(id, "int8", 1, Bench.Cpus.Count);
            cells.Add(id, "int4", 5, 1);
        }
        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Samples_are_plausible_and_long_enough_do_not_allocate_and_verify(string id, string dtype, int batch, int threads)
    {
        using var bench = new Bench();
        var length = id == "llm.decode" ? Count("context", 50) : Count("tokens", 50);
        using var probe = bench.Prepare(id, threads, Tiny, Word("dtype", dtype), Count("batch", batch), length);
        bench.Take(probe, 1);
        var sink = new SampleSink(bench.Ring);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 8; i++) probe.Sample(ref sink);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        var samples = new List<Sample>();
        bench.Ring.Drain(samples);
        Assert.Equal([0, 1, 2, 3, 4], samples.Select(s => s.Metric).Distinct().Order());
        Assert.All(samples, s => Assert.True(s is { Operations: > 0, Value: > 0 } && s.End - s.Start >= 200_000 && double.IsFinite(s.Value), s.ToString()));
        var tokens = id == "llm.decode" ? batch : 50 * batch;
        for (var i = 0; i < 8; i++) Assert.Equal(tokens, samples[5 * i].Value * samples[5 * i + 1].Value, 1e-6 * tokens);
        Assert.Null(probe.Verify());
        Assert.Equal("tiny", probe.Facts["model"]);
        Assert.True(probe.Ceiling!.Value > 0);
        Assert.StartsWith("measured:", probe.Ceiling.Source, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("llm.prefill")]
    [InlineData("llm.decode")]
    public unsafe void A_weight_that_changes_changes_the_tokens_and_is_found(string id)
    {
        using var bench = new Bench();
        using var probe = bench.Prepare(id, 1, Tiny);
        bench.Take(probe, 2);
        Assert.Null(probe.Verify());
        var weights = ((HostLlm)(probe is PrefillProbe prefill ? prefill.Llm : ((DecodeProbe)probe).Llm)).Weights;
        var norm = weights.FinalNorm.At;
        for (var i = 0; i < weights.Shape.Width; i++) norm[i] = -norm[i];
        bench.Take(probe, 2);
        Assert.Contains("changed", probe.Verify(), StringComparison.Ordinal);
        for (var i = 0; i < weights.Shape.Width; i++) norm[i] = -norm[i];
    }

    [Fact]
    public unsafe void A_score_that_is_no_number_is_found()
    {
        using var bench = new Bench();
        using var probe = (PrefillProbe)bench.Prepare("llm.prefill", 1, Tiny);
        var norm = ((HostLlm)probe.Llm).Weights.FinalNorm.At;
        var before = norm[3];
        norm[3] = float.NaN;
        bench.Take(probe, 1);
        Assert.NotNull(probe.Verify());
        norm[3] = before;
    }

    [Fact]
    public void Slices_find_the_same_tokens()
    {
        using var bench = new Bench();
        string Next(int threads)
        {
            using var probe = bench.Prepare("llm.prefill", threads, Tiny);
            return probe.Facts["next tokens"];
        }
        Assert.Equal(Next(1), Next(Bench.Cpus.Count));
    }

    [Fact]
    public void Weights_come_from_a_checkpoint_where_one_is_named()
    {
        using var bench = new Bench();
        Assert.True(ModelShapes.TryParse("tiny", out var shape, out _));
        var folder = Path.Combine(bench.Request(1).Scratch, "tiny");
        CheckpointWriter.Write(folder, CheckpointFormat.Safetensors, shape.Tensors(TensorType.BF16), new RandomWeights(LlmRequest.Seed), new());
        using var real = bench.Prepare("llm.prefill", 1, Word("weights", folder));
        using var random = bench.Prepare("llm.prefill", 1, Tiny);
        Assert.Equal(folder, real.Facts["weights"]);
        Assert.Equal(random.Facts["next tokens"], real.Facts["next tokens"]);
        var other = Assert.Throws<ProbeSkippedException>(() => bench.Prepare("llm.prefill", 1, Word("weights", folder), Word("model", "tiny:2")));
        Assert.Contains("holds tiny", other.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string, string> Refused() => new()
    {
        { "llm.decode", "model", "qwen2.5-0.6b", "qwen2.5-0.5b" },
        { "llm.decode", "model", "tiny:9", "1 to 4" },
        { "llm.prefill", "weights", "/nowhere/model", "/nowhere/model" },
        { "llm.decode", "context", "4090", "4096" },
        { "llm.prefill", "tokens", "5000", "4096" },
    };

    /// <summary>The same sentence when planning and when preparing.</summary>
    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_be_measured_is_said_with_the_reason(string id, string name, string value, string reason)
    {
        using var bench = new Bench();
        (string, ParameterValue)[] parameters = [.. name is "model" or "weights" ? [] : new[] { Tiny }, double.TryParse(value, out var number) ? Count(name, number) : Word(name, value)];
        Assert.Contains(reason, Assert.Throws<ProbeSkippedException>(() => bench.Prepare(id, 1, parameters)).Message, StringComparison.Ordinal);
        Assert.Contains(reason, Foreseen(bench, id, parameters), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_larger_than_the_slice_is_refused_before_memory_is_taken()
    {
        using var bench = new Bench();
        var before = Environment.WorkingSet;
        var e = Assert.Throws<ProbeSkippedException>(() => bench.Prepare("llm.decode", 1, Word("model", "llama-3.1-70b")));
        Assert.Contains("llama-3.1-70b in bf16 needs", e.Message, StringComparison.Ordinal);
        Assert.Contains("weights", e.Message, StringComparison.Ordinal);
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 64 << 20);
        Assert.Contains("needs", Foreseen(bench, "llm.decode", [Word("model", "llama-3.1-70b")]), StringComparison.Ordinal);
        // Four bits a weight and less of a cache make a difference that is counted.
        Assert.Null(Foreseen(bench, "llm.decode", [Tiny, Word("dtype", "int4")]));
    }

    static string? Foreseen(Bench bench, string id, params (string, ParameterValue)[] parameters)
    {
        var request = bench.Request(1, parameters);
        return ((IForesight)GpuLab.Probes.Catalogue.For(DeviceKind.Host, id)!).Obstacle(new(0, "1c@0", "1c", 0, 1, request.Cpus, new Dictionary<string, string>()), request.Parameters);
    }

    /// <summary>From the published configuration: 357.8 M weights in layers, 136.1 M in the head, 12 288 bytes of cache a token.</summary>
    [Fact]
    public void Work_is_counted_as_defined()
    {
        Assert.True(ModelShapes.TryParse("qwen2.5-0.5b", out var shape, out _));
        const double Layers = 24.0 * (896 * (896 + 128 + 128) + 896 * 896 + 3 * 896 * 4864), Head = 151936.0 * 896;
        unsafe
        {
            var products = ProductSize.Of(shape, WeightFormat.Bf16);
            // The host keeps gate and up apart; together they are the same.
            Assert.Equal(products.Sum(p => p.Flop), new HostWeights(shape, WeightFormat.Bf16, 16, null).Products.Sum(p => p.Layout.Size.Flop));
            var decode = LlmWork.Decode(shape, products, 1000, 3);
            Assert.Equal(2 * (Layers + Head) + 3 * 1000 * 12288.0, decode.Bytes);
            Assert.Equal(3 * (2 * (Layers + Head) + 4.0 * 24 * 14 * 64 * 1000), decode.Flop);
            var prefill = LlmWork.Prefill(shape, products, 100, 2);
            Assert.Equal(2 * (100 * 2 * Layers + 2 * Head + 4.0 * 24 * 14 * 64 * 100 * 100 / 2), prefill.Flop);
            var int8 = ProductSize.Of(shape, WeightFormat.Int8).Sum(p => p.CountedBytes);
            Assert.Equal((Layers + Head) * (1 + 2 / 64.0), int8);
        }
    }
}
