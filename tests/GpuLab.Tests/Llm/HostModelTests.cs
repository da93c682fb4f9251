using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Llm;
using GpuLab.Tests.Probes;

namespace GpuLab.Tests.Llm;

[Collection(nameof(HostProbes))]
public sealed class HostModelTests
{
    public static TheoryData<string, WeightFormat, int> Cells()
    {
        var cells = new TheoryData<string, WeightFormat, int>();
        foreach (var shape in (string[])["qwen", "llama"])
        {
            foreach (var format in Enum.GetValues<WeightFormat>())
            {
                foreach (var kernels in HostKernels.Supported) cells.Add(shape, format, kernels.Lanes);
            }
        }
        return cells;
    }

    static ModelShape Shape(string name) => name == "qwen" ? LlmBench.Qwen : LlmBench.Llama;

    static int Levels(WeightFormat format) => format switch { WeightFormat.Bf16 => 0, WeightFormat.Int8 => 127, _ => 7 };

    /// <summary>Root of the mean square of the differences ÷ that of the expected values.</summary>
    static double Distance(double[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        return Math.Sqrt(expected.Zip(found, (e, f) => (e - f) * (e - f)).Sum() / expected.Sum(e => e * e));
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Scores_are_those_of_the_reference_in_double_precision(string name, WeightFormat format, int lanes)
    {
        var shape = Shape(name);
        using var bench = new LlmBench(shape, format, kernels: HostKernels.Supported.First(k => k.Lanes == lanes), tokens: 96);
        var reference = new ReferenceModel(shape, new RandomWeights(5), Levels(format));
        var tokens = LlmBench.Tokens(shape, 70);
        foreach (var token in tokens)
        {
            var expected = reference.Next(token);
            // A key that lies between two bf16 numbers may be rounded the other way; nothing else differs by more than single precision.
            Assert.InRange(Distance(expected, bench.Run(0, token)), 0, 1e-3);
            Assert.Equal(expected.Length, bench.Model.Logits(0).Length);
        }
    }

    [Fact]
    public void A_shape_of_middle_size_agrees_with_the_reference_over_several_steps_through_the_layers()
    {
        Assert.True(ModelShapes.TryParse("tiny", out var shape, out _));
        const int Count = HostModel.StepRows + 11;
        using var bench = new LlmBench(shape, tokens: Count);
        var reference = new ReferenceModel(shape, new RandomWeights(5));
        var tokens = LlmBench.Tokens(shape, Count);
        var expected = tokens.Select(reference.Next).ToArray()[^1];
        Assert.InRange(Distance(expected, bench.Run(0, tokens)), 0, 1e-3);
        Assert.Equal(Array.IndexOf(expected, expected.Max()), bench.Model.Greedy(0));
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Prefill_and_decoding_give_the_bits_of_a_full_recompute(string name, WeightFormat format, int lanes)
    {
        var shape = Shape(name);
        using var bench = new LlmBench(shape, format, kernels: HostKernels.Supported.First(k => k.Lanes == lanes), tokens: 256);
        var tokens = LlmBench.Tokens(shape, 230);
        var first = 37;
        bench.Run(0, tokens.AsSpan(0, first));
        for (var n = first; n < tokens.Length; n++)
        {
            var decoded = bench.Run(0, tokens[n]);
            if (n % 32 is not (0 or 1 or 31)) continue;
            bench.Model.Truncate(0, 0);
            Assert.Equal(bench.Run(0, tokens.AsSpan(0, n + 1)), decoded);
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_batch_gives_the_bits_of_its_singles(string name, WeightFormat format, int lanes)
    {
        var shape = Shape(name);
        var kernels = HostKernels.Supported.First(k => k.Lanes == lanes);
        int[] lengths = [41, 1, 64, 7, 90, 13, 2];
        using var batch = new LlmBench(shape, format, kernels: kernels, sequences: lengths.Length, tokens: 96);
        using var single = new LlmBench(shape, format, kernels: kernels, tokens: 96);
        var prompts = lengths.Select((n, i) => LlmBench.Tokens(shape, n, i)).ToArray();
        batch.Model.Append([.. lengths.Select((n, i) => new Turn(i, n))], [.. prompts.SelectMany(p => p)]);
        var next = Enumerable.Range(0, lengths.Length).Select(batch.Model.Greedy).ToArray();
        batch.Model.Append([.. lengths.Select((_, i) => new Turn(i, 1))], next);
        for (var i = 0; i < lengths.Length; i++)
        {
            single.Model.Truncate(0, 0);
            single.Run(0, prompts[i]);
            Assert.Equal(next[i], single.Model.Greedy(0));
            Assert.Equal(single.Run(0, next[i]), batch.Model.Logits(i).ToArray());
        }
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        using var one = new LlmBench(LlmBench.Qwen, threads: 1);
        using var all = new LlmBench(LlmBench.Qwen);
        var tokens = LlmBench.Tokens(LlmBench.Qwen, 50);
        Assert.Equal(one.Run(0, tokens), all.Run(0, tokens));
    }

    /// <summary>Random weights have no large ones that a group would be scaled by, and no structure that forgives errors: the noise of four layers adds up.</summary>
    [Theory]
    [InlineData(WeightFormat.Int8, 0.04)]
    [InlineData(WeightFormat.Int4, 0.5)]
    public void Quantised_scores_stay_near_those_of_bf16(WeightFormat format, double bound)
    {
        Assert.True(ModelShapes.TryParse("tiny", out var shape, out _));
        using var exact = new LlmBench(shape);
        using var quantised = new LlmBench(shape, format);
        var tokens = LlmBench.Tokens(shape, 40);
        Assert.InRange(Distance([.. exact.Run(0, tokens).Select(x => (double)x)], quantised.Run(0, tokens)), bound / 100, bound);
    }

    [Fact]
    public void A_step_does_not_allocate()
    {
        using var bench = new LlmBench(LlmBench.Qwen, sequences: 2);
        Turn[] turns = [new(0, 5), new(1, 3)];
        var tokens = LlmBench.Tokens(LlmBench.Qwen, 8);
        bench.Model.Append(turns, tokens);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 3; i++)
        {
            bench.Model.Append(turns, tokens);
            bench.Model.Greedy(1);
        }
        bench.Model.Truncate(0, 2);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void What_does_not_fit_is_refused_and_leaves_the_cache_as_it_was()
    {
        using var bench = new LlmBench(LlmBench.Qwen, sequences: 2, tokens: 32);
        bench.Run(0, 1, 2, 3);
        Assert.Contains("32 tokens", Assert.Throws<ArgumentException>(() => bench.Run(0, new int[30])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => bench.Run(2, 1));
        Assert.Contains("151", Assert.Throws<ArgumentException>(() => bench.Run(0, 151)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => bench.Model.Append([new(0, 1), new(0, 1)], [1, 1]));
        Assert.Throws<ArgumentException>(() => bench.Model.Append([new(0, 2)], [1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => bench.Model.Truncate(0, 4));
        Assert.Equal(3, bench.Model.Length(0));
        Assert.Equal(0, bench.Model.Length(1));
    }
}
