using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Probes;
using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Llm;
using GpuLab.Results;
using GpuLab.Running;
using GpuLab.Tests.Cuda;
using GpuLab.Tests.Mig;
using GpuLab.Tests.Probes;

namespace GpuLab.Tests.Llm;

/// <summary>The probes of language models on a GPU, with the kernels on this processor. No figure here is a GPU's.</summary>
[Collection(nameof(NvmlDouble))]
public sealed class GpuLlmProbeTests : IDisposable
{
    static readonly (string, ParameterValue) Tiny = ("model", ParameterValue.Of("tiny:1"));

    readonly CudaDouble machine = new CudaDouble("h20-96gb").Behave("memory 512", "lie 2").Here();
    readonly Bench bench = new();

    public GpuLlmProbeTests() => CudaSession.Forget();

    public void Dispose()
    {
        bench.Dispose();
        machine.Dispose();
    }

    static (string, ParameterValue) Count(string name, double value) => (name, ParameterValue.Count(value));

    static (string, ParameterValue) Word(string name, string value) => (name, ParameterValue.Of(value));

    IPreparedProbe Prepare(string id, params (string, ParameterValue)[] parameters) =>
        Catalogue.For(DeviceKind.Gpu, id)!.Prepare(bench.Request(0, parameters) with { Device = DeviceId.Parse("gpu:0", null) });

    [Theory]
    [InlineData("llm.decode", "bf16", 1, "on")]
    [InlineData("llm.decode", "int8", 3, "off")]
    [InlineData("llm.decode", "int4", 6, "on")]
    [InlineData("llm.prefill", "bf16", 1, "")]
    [InlineData("llm.prefill", "int4", 2, "")]
    [InlineData("kv.recompute", "int8", 1, "")]
    public void Samples_are_plausible_do_not_allocate_and_verify(string id, string dtype, int batch, string graph)
    {
        var decoding = id == "llm.decode";
        (string, ParameterValue)[] cell = [Tiny, Word("dtype", dtype), Count(decoding ? "context" : "tokens", 40), .. id == "kv.recompute" ? [] : new[] { Count("batch", batch) }, .. decoding ? [Word("graph", graph)] : Array.Empty<(string, ParameterValue)>()];
        using var probe = Prepare(id, cell);
        bench.Take(probe, 1);
        var sink = new SampleSink(bench.Ring);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 3; i++) probe.Sample(ref sink);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        var samples = new List<Sample>();
        bench.Ring.Drain(samples);
        var metrics = Catalogue.Probes.Single(p => p.Id == id).Metrics.Count;
        Assert.Equal(Enumerable.Range(0, metrics), samples.Select(s => s.Metric).Distinct().Order());
        Assert.All(samples, s => Assert.True(s is { Operations: > 0, Value: > 0 } && s.End > s.Start && double.IsFinite(s.Value), s.ToString()));
        var tokens = decoding ? batch : 40 * batch;
        for (var i = 0; i < 3; i++) Assert.Equal(tokens, samples[metrics * i].Value * samples[metrics * i + 1].Value, 1e-6 * tokens);
        Assert.Null(probe.Verify());
        Assert.Equal("tiny:1", probe.Facts["model"]);
        Assert.StartsWith("GpuLab double of", probe.Facts["device"], StringComparison.Ordinal);
        Assert.StartsWith("measured:", probe.Ceiling!.Source, StringComparison.Ordinal);
        if (decoding) Assert.StartsWith(graph == "on" ? "one graph" : "kernel by kernel", probe.Facts["steps of decoding"], StringComparison.Ordinal);
    }

    /// <summary>Random weights, prompts and contexts are the same everywhere, so slices of any device find the same tokens.</summary>
    [Theory]
    [InlineData("llm.prefill", "next tokens")]
    [InlineData("llm.decode", "tokens")]
    public void A_GPU_finds_the_tokens_of_the_host(string id, string fact)
    {
        (string, ParameterValue)[] cell = [Tiny, Count(id == "llm.decode" ? "context" : "tokens", 40)];
        using var gpu = Prepare(id, cell);
        using var host = bench.Prepare(id, 1, cell);
        var (found, expected) = (gpu.Facts[fact].Split(' '), host.Facts[fact].Split(' '));
        // Two scores that are nearly the same may change places; then what follows differs, too.
        Assert.Equal(expected[0], found[0]);
        Assert.True(expected.Zip(found).TakeWhile(p => p.First == p.Second).Count() >= Math.Min(4, expected.Length), $"{gpu.Facts[fact]}\n{host.Facts[fact]}");
    }

    [Theory]
    [InlineData("llm.prefill")]
    [InlineData("llm.decode")]
    public unsafe void A_weight_that_changes_changes_the_tokens_and_is_found(string id)
    {
        using var probe = Prepare(id, Tiny, Count(id == "llm.decode" ? "context" : "tokens", 40));
        bench.Take(probe, 1);
        Assert.Null(probe.Verify());
        var llm = (GpuLlm)(probe is PrefillProbe prefill ? prefill.Llm : ((DecodeProbe)probe).Llm);
        // The double's device memory is this process's.
        var norm = (float*)(llm.Memory.Start.Address + (ulong)llm.Weights.FinalNorm);
        for (var i = 0; i < 256; i++) norm[i] = -norm[i];
        bench.Take(probe, 2);
        Assert.Contains("changed", probe.Verify(), StringComparison.Ordinal);
        for (var i = 0; i < 256; i++) norm[i] = -norm[i];
    }

    [Fact]
    public unsafe void A_product_that_is_wrong_is_found_before_anything_is_timed()
    {
        using var bad = new GpuLlmBench(GpuLlmBench.Qwen, session: CudaSession.Current);
        GpuMatrixCheck.Demand(CudaSession.Current, bad.Model, bad.Weights, bad.Memory, 7);
        ((float*)(bad.Memory.Start.Address + (ulong)bad.Weights.Zeros))[1] = 1;
        var wrong = Assert.Throws<InvalidOperationException>(() => GpuMatrixCheck.Demand(CudaSession.Current, bad.Model, bad.Weights, bad.Memory, 7));
        Assert.Contains("output 1 of row 0", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_come_from_a_checkpoint_where_one_is_named()
    {
        Assert.True(ModelShapes.TryParse("tiny:1", out var shape, out _));
        var folder = Path.Combine(bench.Request(0).Scratch, "tiny");
        CheckpointWriter.Write(folder, CheckpointFormat.Sllm, shape.Tensors(TensorType.BF16), new RandomWeights(LlmRequest.Seed), new());
        using var real = Prepare("llm.prefill", Word("weights", folder), Count("tokens", 20));
        using var random = Prepare("llm.prefill", Tiny, Count("tokens", 20));
        Assert.Equal(random.Facts["next tokens"], real.Facts["next tokens"]);
        Assert.Equal(folder, real.Facts["weights"]);
    }

    [Fact]
    public void A_model_larger_than_the_slice_is_refused_with_the_sum_before_a_run_and_in_it()
    {
        var skip = Assert.Throws<ProbeSkippedException>(() => Prepare("llm.decode", Word("model", "llama-3.1-8b"), Word("dtype", "int4")));
        Assert.Contains("llama-3.1-8b in int4 needs", skip.Message, StringComparison.Ordinal);
        Slice Of(long memory) => new(0, "1g.10gb@0", "1g.10gb", 0, 1, [], new Dictionary<string, string>()) { Memory = memory };
        string? Foreseen(long memory, string dtype) => ((IForesight)Catalogue.For(DeviceKind.Gpu, "llm.decode")!).Obstacle(Of(memory), new(KeyValuePair.Create("model", ParameterValue.Of("llama-3.1-8b")), KeyValuePair.Create("dtype", ParameterValue.Of(dtype))));
        Assert.Contains("needs", Foreseen(10L << 30, "bf16"), StringComparison.Ordinal);
        Assert.Null(Foreseen(10L << 30, "int4"));
        Assert.Null(Foreseen(20L << 30, "bf16"));
    }

    [Fact]
    public void A_graph_on_the_host_is_refused() =>
        Assert.Contains("graphs are of GPUs", ((IForesight)Catalogue.For(DeviceKind.Host, "llm.decode")!).Obstacle(new(0, "1c@0", "1c", 0, 1, [0], new Dictionary<string, string>()), new(KeyValuePair.Create("graph", ParameterValue.Of("off")))), StringComparison.Ordinal);

    [Fact]
    public void Every_published_shape_fits_the_kernels()
    {
        foreach (var shape in ModelShapes.All)
        {
            foreach (var format in Enum.GetValues<WeightFormat>()) GpuLlm.DemandRoom(new(shape, format, ""), null, "anywhere", 1, 128);
        }
        Assert.Contains("heads of 64 or 128", Assert.Throws<ProbeSkippedException>(() => GpuLlm.DemandRoom(new(LlmBench.Qwen, WeightFormat.Bf16, ""), null, "anywhere", 1, 128)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_decodes_on_two_slices_at_once()
    {
        using var two = new CudaDouble("h200-141gb");
        var run = GpuRun.Of(two, "[2x3g.71gb]", "[{probe: llm.decode, model: 'tiny:1', context: 33, dtype: int8}, {probe: llm.prefill, model: 'tiny:1', tokens: 16}]", "modes: [concurrent]");
        Assert.True(run.Exit == 0, run.ToString());
        Assert.All(run.Trials, t => Assert.Equal("ok", t.Status));
        Assert.Equal(2, run.Data.Events.OfType<TrialReady>().Where(r => r.Facts.ContainsKey("next tokens")).Select(r => r.Facts["next tokens"]).Count());
        Assert.Single(run.Data.Events.OfType<TrialReady>().Where(r => r.Facts.ContainsKey("next tokens")).Select(r => r.Facts["next tokens"]).Distinct());
    }
}
