using System.Globalization;

namespace GpuLab.Probes.Checkpoints;

/// <summary>Which published family a decoder belongs to; they differ in biases, norms and names of their configuration.</summary>
public enum ModelFamily { Llama, Qwen2 }

/// <summary>How Llama 3.1 and later stretch the slow rotations of position.</summary>
public sealed record RopeScaling(double Factor, double LowFrequency, double HighFrequency, int OriginalPositions);

/// <summary>
/// The shape of a dense decoder-only transformer with grouped-query attention, rotary positions, RMSNorm and SwiGLU.
/// </summary>
/// <param name="Width">d_model.</param>
/// <param name="Hidden">d_ff: width of the feed-forward part.</param>
/// <param name="TiedHead">Whether the output head is the input embedding.</param>
/// <param name="Positions">Tokens of context that the model was made for.</param>
public sealed record ModelShape(string Name, ModelFamily Family, int Layers, int Width, int Heads, int KvHeads, int HeadSize, int Hidden, int Vocabulary,
    bool TiedHead, double NormEpsilon, double RopeTheta, int Positions)
{
    public RopeScaling? Scaling { get; init; }

    /// <summary>Whether the projections to queries, keys and values have biases.</summary>
    public bool HasBiases => Family == ModelFamily.Qwen2;

    /// <summary>All weights, the embedding once.</summary>
    public long Parameters => Tensors(TensorType.BF16).Sum(t => t.Elements);

    /// <summary>Weights of matrix products, head included, input embedding not: what a step of decoding reads and multiplies by.</summary>
    public long MatrixParameters => (long)Layers * (2L * Width * Heads * HeadSize + 2L * Width * KvHeads * HeadSize + 3L * Width * Hidden) + (long)Vocabulary * Width;

    /// <summary>Bytes that one token leaves in the cache of keys and values.</summary>
    /// <param name="bytes">Of one element.</param>
    public long KvBytesPerToken(int bytes) => 2L * Layers * KvHeads * HeadSize * bytes;

    /// <summary>All tensors under the names that published checkpoints use, in the order of the computation.</summary>
    public IReadOnlyList<TensorSpec> Tensors(TensorType type)
    {
        var tensors = new List<TensorSpec>();
        Add("model.embed_tokens.weight", Vocabulary, Width);
        for (var layer = 0; layer < Layers; layer++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.");
            Add($"{at}input_layernorm.weight", Width);
            AddProjection($"{at}self_attn.q_proj", Heads * HeadSize);
            AddProjection($"{at}self_attn.k_proj", KvHeads * HeadSize);
            AddProjection($"{at}self_attn.v_proj", KvHeads * HeadSize);
            Add($"{at}self_attn.o_proj.weight", Width, Heads * HeadSize);
            Add($"{at}post_attention_layernorm.weight", Width);
            Add($"{at}mlp.gate_proj.weight", Hidden, Width);
            Add($"{at}mlp.up_proj.weight", Hidden, Width);
            Add($"{at}mlp.down_proj.weight", Width, Hidden);
        }
        Add("model.norm.weight", Width);
        if (!TiedHead) Add("lm_head.weight", Vocabulary, Width);
        return tensors;

        void Add(string name, params long[] shape) => tensors.Add(new(name, type, shape));

        void AddProjection(string name, int rows)
        {
            Add($"{name}.weight", rows, Width);
            if (HasBiases) Add($"{name}.bias", rows);
        }
    }
}
