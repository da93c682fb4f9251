using System.Globalization;
using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Probes;
using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Llm;
using GpuLab.Probes.Llm.Pipeline;
using GpuLab.Running;
using GpuLab.Tests.Probes;
using GpuLab.Tests.Running;

namespace GpuLab.Tests.Llm;

/// <summary>A model whose layers are spread over slices, here as threads that share what workers would.</summary>
[Collection(nameof(HostProbes))]
public sealed unsafe class PipelineTests
{
    static readonly (string, ParameterValue) Tiny = ("model", ParameterValue.Of("tiny"));

    static (string, ParameterValue) Count(string name, double value) => (name, ParameterValue.Count(value));

    static (string, ParameterValue) Word(string name, string value) => (name, ParameterValue.Of(value));

    /// <summary>Runs some rounds on all stages and gives what each found.</summary>
    static T[] Rounds<T>(int stages, int rounds, Func<PipelineProbe, List<Sample>, T> look, params (string, ParameterValue)[] parameters)
    {
        using var ranks = new Ranks(stages);
        return ranks.Run(c =>
        {
            using var bench = new Bench();
            using var probe = new PipelineProbe(bench.Request(1, parameters) with { Cpus = [Bench.Cpus[c.Rank % Bench.Cpus.Count]], Communicator = c, Team = c.Slices });
            return look(probe, bench.Take(probe, rounds));
        });
    }

    public static TheoryData<string, int, int, int, string> Cells() => new()
    {
        // Prompts of 250 tokens go through the layers in two steps.
        { "decode", 2, 1, 1, "bf16" }, { "decode", 2, 4, 2, "bf16" }, { "decode", 3, 6, 3, "int8" }, { "decode", 4, 4, 4, "int4" },
        { "prefill", 2, 1, 1, "bf16" }, { "prefill", 2, 4, 4, "bf16" }, { "prefill", 3, 2, 2, "int8" },
    };

    /// <summary>The last stage holds every token against the whole model on its own slice, so what is seen here is that it did, and that it was right.</summary>
    [Theory]
    [MemberData(nameof(Cells))]
    public void Tokens_are_those_of_one_slice_that_has_all_layers(string work, int stages, int batch, int microbatches, string dtype)
    {
        (string, ParameterValue)[] parameters = [Tiny, Word("work", work), Word("dtype", dtype), Count("batch", batch), Count("microbatches", microbatches), Count("tokens", work == "decode" ? 50 : 250)];
        var found = Rounds(stages, work == "decode" ? 70 : 3, (p, samples) => (Wrong: p.Verify(), Facts: p.Facts, Samples: samples), parameters);
        Assert.All(found, f => Assert.Null(f.Wrong));
        Assert.Equal("all layers on this slice alone", found[^1].Facts["compared with"]);
        foreach (var sample in found.SelectMany(f => f.Samples.Chunk(4)))
        {
            Assert.Equal([0, 1, 2, 3], sample.Select(s => s.Metric));
            Assert.Equal(work == "decode" ? batch : 250 * batch, sample[0].Value * sample[1].Value, 1e-6);
            Assert.InRange(sample[2].Value, 0, 1);
            Assert.InRange(sample[3].Value, 1e-9, sample[1].Value);
        }

        using var bench = new Bench();
        using var alone = bench.Prepare("llm.pipeline", 1, parameters);
        bench.Take(alone, 40);
        Assert.Null(alone.Verify());
        Assert.Equal(alone.Facts["tokens"], found[^1].Facts["tokens"]);
    }

    [Fact]
    public void One_slice_finds_the_tokens_of_llm_decode()
    {
        using var bench = new Bench();
        using var decode = bench.Prepare("llm.decode", 1, Tiny, Count("context", 40), Count("batch", 3));
        using var pipeline = bench.Prepare("llm.pipeline", 1, Tiny, Count("tokens", 40), Count("batch", 3), Count("microbatches", 3));
        Assert.Equal(decode.Facts["tokens"], pipeline.Facts["tokens"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_weight_that_changes_on_any_stage_changes_tokens_and_is_found_by_the_last(int stage)
    {
        using var ranks = new Ranks(2);
        var wrong = ranks.Run(c =>
        {
            using var bench = new Bench();
            using var probe = new PipelineProbe(bench.Request(1, Tiny, Count("tokens", 20), Count("batch", 2), Count("microbatches", 2)) with { Cpus = [Bench.Cpus[c.Rank % Bench.Cpus.Count]], Communicator = c, Team = c.Slices });
            bench.Take(probe, 3);
            c.Meet();
            var norm = probe.Llm.Weights.Layers[0].AttentionNorm.At;
            if (c.Rank == stage) Negate(norm, probe.Llm.Weights.Shape.Width);
            bench.Take(probe, 40);
            c.Meet();
            // Blocks of weights are kept for later trials.
            if (c.Rank == stage) Negate(norm, probe.Llm.Weights.Shape.Width);
            return probe.Verify();
        });
        Assert.Null(wrong[0]);
        Assert.Contains("came out before", wrong[1], StringComparison.Ordinal);

        static void Negate(float* numbers, int count)
        {
            for (var i = 0; i < count; i++) numbers[i] = -numbers[i];
        }
    }

    /// <summary>With one microbatch a stage works while all others wait; with as many as stages nobody needs to.</summary>
    [Fact]
    public void More_microbatches_leave_smaller_bubbles()
    {
        double Bubble(int microbatches) => Rounds(2, 64, (_, samples) => samples.Where(s => s.Metric == 2).Select(s => s.Value).Order().ElementAt(32), Tiny, Count("tokens", 200), Count("batch", 4), Count("microbatches", microbatches)).Average();
        Assert.InRange(Bubble(1), 0.3, 0.8);
        Assert.True(Bubble(4) < Bubble(1));
    }

    [Theory]
    [InlineData(0, 2, 0, 12)]
    [InlineData(1, 2, 12, 12)]
    [InlineData(6, 7, 21, 3)]
    public void Layers_are_shared_evenly_where_the_head_does_not_count(int stage, int stages, int first, int layers) =>
        Assert.Equal(new ModelPart(first, layers, 24), ModelPart.Stage(Shape("qwen2.5-0.5b"), stage, stages, 0));

    /// <summary>The head of this model is as much as nine of its layers.</summary>
    [Fact]
    public void Whoever_has_the_head_has_fewer_layers_and_each_has_one()
    {
        Assert.Equal([17, 7], Enumerable.Range(0, 2).Select(s => ModelPart.Stage(Shape("qwen2.5-0.5b"), s, 2, 9.13).Layers));
        for (var stages = 1; stages <= 24; stages++)
        {
            var parts = Enumerable.Range(0, stages).Select(s => ModelPart.Stage(Shape("qwen2.5-0.5b"), s, stages, 9.13)).ToList();
            Assert.All(parts, p => Assert.True(p.Layers >= 1));
            Assert.Equal(24, parts.Sum(p => p.Layers));
            Assert.All(parts.Skip(1).Zip(parts), p => Assert.Equal(p.First.First, p.Second.First + p.Second.Layers));
        }
    }

    [Theory]
    [InlineData("batch", 3, 2, "3 sequences cannot be cut into 2 equal microbatches")]
    [InlineData("tokens", 4090, 1, "4096 tokens")]
    public void What_cannot_be_measured_is_said_with_the_reason(string name, int value, int microbatches, string reason)
    {
        using var bench = new Bench();
        (string, ParameterValue)[] parameters = [Tiny, Count(name, value), Count("microbatches", microbatches)];
        Assert.Contains(reason, Assert.Throws<ProbeSkippedException>(() => bench.Prepare("llm.pipeline", 1, parameters)).Message, StringComparison.Ordinal);
        Assert.Contains(reason, ((IForesight)new LlmPipeline()).Obstacle(SliceOf(1), bench.Request(1, parameters).Parameters), StringComparison.Ordinal);
    }

    [Fact]
    public void More_slices_than_layers_are_refused_before()
    {
        using var bench = new Bench();
        var parameters = bench.Request(1, Word("model", "tiny:2")).Parameters;
        Assert.Null(((IForesight)new LlmPipeline()).Obstacle(SliceOf(2), parameters));
        Assert.Contains("has 2 layers, and 3 slices cannot share them", ((IForesight)new LlmPipeline()).Obstacle(SliceOf(3), parameters), StringComparison.Ordinal);
    }

    static Slice SliceOf(int team) => new(0, "1c@0", "1c", 0, 1, [Bench.Cpus[0]], new Dictionary<string, string>())
    {
        Team = team == 1 ? [] : [.. Enumerable.Range(0, team).Select(i => string.Create(CultureInfo.InvariantCulture, $"1c@{i}"))],
    };

    static ModelShape Shape(string name) => ModelShapes.TryParse(name, out var shape, out var error) ? shape : throw new InvalidOperationException(error);
}
