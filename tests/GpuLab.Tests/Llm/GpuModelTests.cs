using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Llm;
using GpuLab.Running;
using GpuLab.Tests.Cuda;
using GpuLab.Tests.Mig;

namespace GpuLab.Tests.Llm;

/// <summary>The forward pass on a GPU, with the kernels on this processor.</summary>
[Collection(nameof(NvmlDouble))]
public sealed class GpuModelTests : IDisposable
{
    readonly CudaDouble machine = new CudaDouble("h20-96gb").Behave("memory 512", "lie 2").Here();

    public void Dispose() => machine.Dispose();

    public static TheoryData<string, WeightFormat> Cells()
    {
        var cells = new TheoryData<string, WeightFormat>();
        foreach (var shape in (string[])["qwen", "llama"])
        {
            foreach (var format in Enum.GetValues<WeightFormat>()) cells.Add(shape, format);
        }
        return cells;
    }

    /// <summary>Relative distance of scores that differ by rounding to bf16 before each product alone, over many tokens; and of those by the order of sums alone.</summary>
    const double Rounding = 0.01, Noise = 0.006;

    static ModelShape Shape(string name) => name == "qwen" ? GpuLlmBench.Qwen : GpuLlmBench.Llama;

    static int Levels(WeightFormat format) => format switch { WeightFormat.Bf16 => 0, WeightFormat.Int8 => 127, _ => 7 };

    /// <summary>Root of the mean square of the differences ÷ that of the expected values.</summary>
    static double Distance(double[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        return Math.Sqrt(expected.Zip(found, (e, f) => (e - f) * (e - f)).Sum() / expected.Sum(e => e * e));
    }

    static double[] Doubles(float[] numbers) => [.. numbers.Select(x => (double)x)];

    /// <summary>Token by token, and all at once: other kernels, the same scores.</summary>
    [Theory]
    [MemberData(nameof(Cells))]
    public void Scores_are_those_of_the_reference_in_double_precision(string name, WeightFormat format)
    {
        var shape = Shape(name);
        using var bench = new GpuLlmBench(shape, format);
        var reference = new ReferenceModel(shape, new RandomWeights(5), Levels(format), rounded: true);
        var exact = new ReferenceModel(shape, new RandomWeights(5), Levels(format));
        var tokens = LlmBench.Tokens(shape, 70);
        double[][] expected = [.. tokens.Select(reference.Next)], plain = [.. tokens.Select(exact.Next)];
        float[][] found = [.. tokens.Select(t => bench.Run(0, t))];
        float[] all = [.. found.SelectMany(f => f)];
        // Where a sum in another order makes one number be rounded the other way, those that follow are, too: that is all that differs from the former.
        Assert.InRange(Distance([.. expected.SelectMany(e => e)], all), 0, Noise);
        Assert.InRange(Distance([.. plain.SelectMany(e => e)], all), 0, Rounding);
        bench.Model.Truncate(0, 0);
        var prompt = bench.Run(0, tokens);
        Assert.InRange(Distance(expected[^1], prompt), 0, 2 * Noise);
        Assert.InRange(Distance(plain[^1], prompt), 0, 2 * Rounding);
        Assert.Equal(Array.IndexOf(prompt, prompt.Max()), bench.Model.Greedy(0));
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Prefill_and_decoding_agree_with_a_full_recompute(string name, WeightFormat format)
    {
        var shape = Shape(name);
        using var bench = new GpuLlmBench(shape, format);
        var tokens = LlmBench.Tokens(shape, 100);
        bench.Run(0, tokens.AsSpan(0, 37));
        // A second prompt behind the first, then single tokens over the border of a page.
        bench.Run(0, tokens.AsSpan(37, 56));
        float[] decoded = [];
        for (var n = 93; n < 100; n++) decoded = bench.Run(0, tokens[n]);
        bench.Model.Truncate(0, 0);
        Assert.InRange(Distance(Doubles(bench.Run(0, tokens)), decoded), 0, 2 * Noise);
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_batch_agrees_with_its_singles(string name, WeightFormat format)
    {
        var shape = Shape(name);
        int[] lengths = [41, 1, 64, 7, 33, 2];
        using var batch = new GpuLlmBench(shape, format, sequences: lengths.Length);
        using var single = new GpuLlmBench(shape, format);
        var prompts = lengths.Select((n, i) => LlmBench.Tokens(shape, n, i)).ToArray();
        batch.Model.Append([.. lengths.Select((n, i) => new Turn(i, n))], [.. prompts.SelectMany(p => p)]);
        var next = Enumerable.Range(0, lengths.Length).Select(batch.Model.Greedy).ToArray();
        // All six by tiles, then three of them by the kernel for few rows.
        batch.Model.Append([.. lengths.Select((_, i) => new Turn(i, 1))], next);
        var six = lengths.Select((_, i) => batch.Model.Logits(i).ToArray()).ToArray();
        batch.Model.Append([new(4, 1), new(0, 1), new(2, 1)], [7, 8, 9]);
        var three = new[] { 4, 0, 2 }.Select((s, i) => (s, Logits: batch.Model.Logits(i).ToArray())).ToDictionary(p => p.s, p => p.Logits);
        for (var i = 0; i < lengths.Length; i++)
        {
            single.Model.Truncate(0, 0);
            single.Run(0, prompts[i]);
            Assert.InRange(Distance(Doubles(single.Run(0, next[i])), six[i]), 0, 2 * Noise);
            if (three.TryGetValue(i, out var scores)) Assert.InRange(Distance(Doubles(single.Run(0, i switch { 4 => 7, 0 => 8, _ => 9 })), scores), 0, 2 * Noise);
        }
    }

    [Fact]
    public void Prompts_longer_than_a_step_are_taken_in_pieces()
    {
        var shape = GpuLlmBench.Llama;
        using var whole = new GpuLlmBench(shape, sequences: 2);
        using var pieces = new GpuLlmBench(shape, sequences: 2, rows: 48);
        var tokens = LlmBench.Tokens(shape, 160);
        Turn[] turns = [new(1, 61), new(0, 99)];
        whole.Model.Append(turns, tokens);
        pieces.Model.Append(turns, tokens);
        for (var i = 0; i < 2; i++)
        {
            Assert.InRange(Distance(Doubles(whole.Model.Logits(i).ToArray()), pieces.Model.Logits(i).ToArray()), 0, 2 * Noise);
            Assert.Equal(whole.Model.Greedy(i), pieces.Model.Greedy(i));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_graph_gives_the_bits_of_its_kernels(int sequences)
    {
        using var plain = new GpuLlmBench(GpuLlmBench.Qwen, sequences: sequences);
        using var graph = new GpuLlmBench(GpuLlmBench.Qwen, sequences: sequences, graph: true);
        Turn[] turns = [.. Enumerable.Range(0, sequences).Select(s => new Turn(s, 1))];
        int[] tokens = [.. Enumerable.Range(5, sequences)];
        for (var step = 0; step < 40; step++)
        {
            plain.Model.Append(turns, tokens);
            graph.Model.Append(turns, tokens);
            for (var i = 0; i < sequences; i++)
            {
                Assert.Equal(plain.Model.Logits(i).ToArray(), graph.Model.Logits(i).ToArray());
                tokens[i] = graph.Model.Greedy(i);
                Assert.Equal(tokens[i], plain.Model.Greedy(i));
            }
        }
    }

    [Theory]
    [InlineData(WeightFormat.Int8, 0.03)]
    [InlineData(WeightFormat.Int4, 0.4)]
    public void Quantised_scores_stay_near_those_of_bf16(WeightFormat format, double bound)
    {
        using var exact = new GpuLlmBench(GpuLlmBench.Qwen);
        using var quantised = new GpuLlmBench(GpuLlmBench.Qwen, format);
        var tokens = LlmBench.Tokens(GpuLlmBench.Qwen, 40);
        Assert.InRange(Distance(Doubles(exact.Run(0, tokens)), quantised.Run(0, tokens)), bound / 100, bound);
    }

    [Fact]
    public void A_step_does_not_allocate()
    {
        using var bench = new GpuLlmBench(GpuLlmBench.Llama, sequences: 2, graph: true);
        Turn[] prompt = [new(0, 5), new(1, 3)], one = [new(0, 1), new(1, 1)];
        var tokens = LlmBench.Tokens(GpuLlmBench.Llama, 8);
        bench.Model.Append(prompt, tokens);
        bench.Model.Append(one, [1, 2]);
        ReadOnlySpan<int> two = [1, 2];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 3; i++)
        {
            bench.Model.Append(prompt, tokens);
            bench.Model.Append(one, two);
            bench.Model.Greedy(1);
            _ = bench.Model.Logits(1);
        }
        bench.Model.Truncate(0, 2);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void What_does_not_fit_is_refused_and_leaves_the_cache_as_it_was()
    {
        using var bench = new GpuLlmBench(GpuLlmBench.Llama, sequences: 2, tokens: 32);
        bench.Run(0, 1, 2, 3);
        Assert.Contains("32 tokens", Assert.Throws<ArgumentException>(() => bench.Run(0, new int[30])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => bench.Run(2, 1));
        Assert.Contains("128", Assert.Throws<ArgumentException>(() => bench.Run(0, 128)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => bench.Model.Truncate(0, 4));
        Assert.Equal((3, 0), (bench.Model.Length(0), bench.Model.Length(1)));
    }

    [Fact]
    public void Weights_are_freed_where_the_memory_ends_in_the_middle()
    {
        // Weights, then buffers, then the cache.
        for (var nth = 1; nth <= 3; nth++)
        {
            machine.Fail(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"cuMemAlloc_v2 {nth} 2")).Here();
            var session = CudaSession.Open();
            Assert.Contains("memory", Assert.Throws<ProbeSkippedException>(() => new GpuLlmBench(GpuLlmBench.Llama, session: session)).Message, StringComparison.Ordinal);
            Assert.Equal(0UL, CudaDouble.Used());
        }
    }
}
