using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Llm;

namespace GpuLab.Tests.Llm;

/// <summary>A model on the GPU of this process, with weights of its own.</summary>
sealed class GpuLlmBench : IDisposable
{
    /// <summary>Small, with everything that families differ in, in the multiples that the kernels are made for: heads of 64 with biases, heads of 128 without.</summary>
    public static readonly ModelShape
        Qwen = new("gpu-qwen", ModelFamily.Qwen2, 2, 128, 6, 2, 64, 192, 256, TiedHead: true, 1e-6, 1e6, 512),
        Llama = new("gpu-llama", ModelFamily.Llama, 1, 128, 2, 1, 128, 128, 128, TiedHead: false, 1e-5, 5e5, 512) { Scaling = new(8, 1, 4, 64) };

    public GpuLlmBench(ModelShape shape, WeightFormat format = WeightFormat.Bf16, int sequences = 1, int tokens = 128, bool graph = false, ITensorSource? source = null, CudaSession? session = null, int rows = GpuBuffers.StepRows)
    {
        session ??= CudaSession.Open();
        GpuLlm.DemandRoom(new(shape, format, ""), null, "here", sequences, tokens);
        Weights = new(shape, format);
        Memory = new(session.Context, Weights.Length);
        try
        {
            using var stream = new CudaStream(session.Context);
            Weights.Fill(Memory, stream, session.Context, source ?? new RandomWeights(5), TensorType.BF16);
            Model = new(session, Weights, Memory, sequences, tokens, 3, graph, rows);
        }
        catch
        {
            Memory.Dispose();
            throw;
        }
    }

    public GpuWeights Weights { get; }

    public DeviceMemory Memory { get; }

    public GpuModel Model { get; }

    /// <summary>Scores of one sequence after all of the tokens.</summary>
    public float[] Run(int sequence, params ReadOnlySpan<int> tokens)
    {
        Model.Append([new(sequence, tokens.Length)], tokens);
        return Model.Logits(0).ToArray();
    }

    public void Dispose()
    {
        Model.Dispose();
        Memory.Dispose();
    }
}
