using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Host;
using GpuLab.Probes.Llm;
using GpuLab.Tests.Probes;

namespace GpuLab.Tests.Llm;

/// <summary>A model on this machine, with weights of its own.</summary>
sealed unsafe class LlmBench : IDisposable
{
    /// <summary>Small, with everything that families differ in, and sizes that no register divides.</summary>
    public static readonly ModelShape
        Qwen = new("test-qwen", ModelFamily.Qwen2, 3, 72, 6, 2, 12, 100, 151, TiedHead: true, 1e-6, 1e6, 512),
        Llama = new("test-llama", ModelFamily.Llama, 2, 64, 4, 4, 16, 70, 97, TiedHead: false, 1e-5, 5e5, 512) { Scaling = new(8, 1, 4, 64) };

    readonly HostBlock block;

    public LlmBench(ModelShape shape, WeightFormat format = WeightFormat.Bf16, int threads = 0, HostKernels? kernels = null, int sequences = 1, int tokens = 64, ITensorSource? source = null)
    {
        kernels ??= HostKernels.Supported[0];
        var team = Team.For([.. Bench.Cpus.Take(threads == 0 ? Bench.Cpus.Count : threads)]);
        block = HostMemory.Rent(new HostWeights(shape, format, kernels.Lanes, null).Length, team.Cpus, "");
        block.Content = "";
        Weights = new(shape, format, kernels.Lanes, block.Start);
        Weights.Fill(team, source ?? new RandomWeights(5), TensorType.BF16);
        Model = new(Weights, kernels, team, sequences, tokens, 3);
    }

    public HostWeights Weights { get; }

    public HostModel Model { get; }

    /// <summary>Scores of one sequence after all of the tokens.</summary>
    public float[] Run(int sequence, params ReadOnlySpan<int> tokens)
    {
        Model.Append([new(sequence, tokens.Length)], tokens);
        return Model.Logits(0).ToArray();
    }

    public static int[] Tokens(ModelShape shape, int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(shape.Vocabulary))];
    }

    public void Dispose()
    {
        Model.Dispose();
        block.Dispose();
    }
}
