using System.Globalization;
using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Host;

namespace GpuLab.Probes.Llm;

/// <summary>One layer of a model.</summary>
/// <param name="Attention">Queries, keys and values of all heads, one after another.</param>
/// <param name="Biases">Of those; null where the family has none.</param>
sealed unsafe record HostLayer(PanelMatrix Attention, PanelMatrix Output, PanelMatrix Gate, PanelMatrix Up, PanelMatrix Down, PointerTo AttentionNorm, PointerTo FeedNorm, PointerTo Biases);

/// <summary>A pointer that a record can hold.</summary>
readonly unsafe struct PointerTo(float* at)
{
    public float* At => at;

    public static implicit operator float*(PointerTo pointer) => pointer.At;
}

/// <summary>
/// All weights of a model in one piece of memory, laid out for the host's loops. The embedding is kept in bf16; a tied head in
/// bf16 is the same memory.
/// </summary>
sealed unsafe class HostWeights
{
    long length;

    /// <param name="start">Where they are to lie, on a line of 64 bytes; null to find out how long they are.</param>
    /// <param name="part">The layers to have; null for all.</param>
    public HostWeights(ModelShape shape, WeightFormat format, int lanes, byte* start, ModelPart? part = null)
    {
        Part = part ?? ModelPart.Whole(shape);
        (Whole, Shape, Format, Lanes) = (shape, shape with { Layers = Part.Layers }, format, lanes);
        Start = start;
        var heads = (shape.Heads + 2 * shape.KvHeads) * shape.HeadSize;
        Layers = new HostLayer[Part.Layers];
        for (var i = 0; i < Layers.Length; i++)
        {
            Layers[i] = new(Matrix(heads, shape.Width), Matrix(shape.Width, shape.Heads * shape.HeadSize), Matrix(shape.Hidden, shape.Width), Matrix(shape.Hidden, shape.Width),
                Matrix(shape.Width, shape.Hidden), Numbers(shape.Width), Numbers(shape.Width), shape.HasBiases ? Numbers(heads + 2 * lanes) : default);
        }
        if (Part.IsLast)
        {
            FinalNorm = Numbers(shape.Width);
            Head = Matrix(shape.Vocabulary, shape.Width);
        }
        if (Part.IsFirst) Embedding = Head is not null && shape.TiedHead && format == WeightFormat.Bf16 ? Head : Matrix(shape.Vocabulary, shape.Width, WeightFormat.Bf16);
    }

    /// <summary>Of all layers.</summary>
    public ModelShape Whole { get; }

    /// <summary>Of the layers that are here.</summary>
    public ModelShape Shape { get; }

    public ModelPart Part { get; }

    public WeightFormat Format { get; }

    public int Lanes { get; }

    public byte* Start { get; }

    /// <summary>Bytes of memory.</summary>
    public long Length => length;

    public HostLayer[] Layers { get; }

    public PointerTo FinalNorm { get; }

    /// <summary>Null where other layers follow.</summary>
    public PanelMatrix? Head { get; }

    /// <summary>Null where other layers come before.</summary>
    public PanelMatrix? Embedding { get; }

    /// <summary>The matrices of products, in the order in which a step reads them.</summary>
    public IEnumerable<PanelMatrix> Products => Layers.SelectMany(l => new[] { l.Attention, l.Output, l.Gate, l.Up, l.Down }).Concat(Head is null ? [] : [Head]);

    /// <summary>Fills everything on the threads that will use it.</summary>
    /// <param name="type">Of the source's tensors: BF16, F16 or F32.</param>
    /// <exception cref="CheckpointException">The source cannot be read.</exception>
    public void Fill(Team team, ITensorSource source, TensorType type)
    {
        var filling = new HostFill(this, source, type, team.Count);
        team.Run(filling);
        filling.ThrowFailure();
    }

    /// <summary>What each matrix consists of, by the tensors' names.</summary>
    internal IEnumerable<(PanelMatrix Matrix, string[] Tensors)> Parts()
    {
        for (var i = 0; i < Layers.Length; i++)
        {
            var (layer, at) = (Layers[i], Prefix(Part.First + i));
            yield return (layer.Attention, [$"{at}self_attn.q_proj.weight", $"{at}self_attn.k_proj.weight", $"{at}self_attn.v_proj.weight"]);
            yield return (layer.Output, [$"{at}self_attn.o_proj.weight"]);
            yield return (layer.Gate, [$"{at}mlp.gate_proj.weight"]);
            yield return (layer.Up, [$"{at}mlp.up_proj.weight"]);
            yield return (layer.Down, [$"{at}mlp.down_proj.weight"]);
        }
        if (Head is not null) yield return (Head, [Shape.TiedHead ? "model.embed_tokens.weight" : "lm_head.weight"]);
        if (Embedding is not null && Embedding != Head) yield return (Embedding, ["model.embed_tokens.weight"]);
    }

    /// <summary>The tensors that are no matrices, and where they go.</summary>
    internal IEnumerable<(string Tensor, PointerTo Into)> Vectors()
    {
        for (var i = 0; i < Layers.Length; i++)
        {
            var (layer, at) = (Layers[i], Prefix(Part.First + i));
            yield return ($"{at}input_layernorm.weight", layer.AttentionNorm);
            yield return ($"{at}post_attention_layernorm.weight", layer.FeedNorm);
            if (!Shape.HasBiases) continue;
            yield return ($"{at}self_attn.q_proj.bias", layer.Biases);
            yield return ($"{at}self_attn.k_proj.bias", Behind(layer.Biases, Shape.Heads));
            yield return ($"{at}self_attn.v_proj.bias", Behind(layer.Biases, Shape.Heads + Shape.KvHeads));
        }
        if (Head is not null) yield return ("model.norm.weight", FinalNorm);
    }

    PointerTo Behind(PointerTo biases, int heads) => new(biases.At + heads * Shape.HeadSize);

    static string Prefix(int layer) => string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.");

    PanelMatrix Matrix(int outputs, int inputs, WeightFormat? format = null)
    {
        var layout = new PanelLayout(outputs, inputs, format ?? Format, Lanes);
        return new(layout, Take(layout.Bytes));
    }

    PointerTo Numbers(int count) => new((float*)Take((long)count * sizeof(float)));

    byte* Take(long bytes)
    {
        var at = Start + length;
        length += (bytes + 63) / 64 * 64;
        return at;
    }
}
