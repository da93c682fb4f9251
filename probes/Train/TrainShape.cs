using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Checkpoints;
using GpuLab.Running;

namespace GpuLab.Probes.Train;

/// <summary>Where one tensor lies among all parameters, counted in numbers.</summary>
readonly record struct TrainTensor(string Name, long Offset, int Rows, int Columns)
{
    public long Length => (long)Rows * Columns;
}

/// <summary>
/// A decoder as it is trained: RMSNorm, rotary positions, causal attention, SwiGLU, an embedding and a head of its own, no biases. All parameters
/// are one array, tensor after tensor, so that optimiser and exchange of gradients are one loop.
/// </summary>
/// <param name="Batch">Sequences of a step.</param>
/// <param name="Tokens">Of each sequence.</param>
sealed record TrainShape(int Width, int Hidden, int Heads, int Layers, int Vocabulary, int Batch, int Tokens)
{
    /// <summary>What rows of all matrices are a multiple of: the outputs of the widest panel.</summary>
    public const int Multiple = 32;

    public static readonly Parameter
        WidthOf = new("width", ParameterType.Count, "d_model, a multiple of 32", ParameterValue.Count(256), Min: 32, Max: 16384),
        HiddenOf = new("hidden", ParameterType.Count, "d_ff, a multiple of 32", ParameterValue.Count(1024), Min: 32, Max: 65536),
        HeadsOf = new("heads", ParameterType.Count, "Heads of attention, which share the width", ParameterValue.Count(4), Min: 1, Max: 256),
        LayersOf = new("layers", ParameterType.Count, "Transformer blocks", ParameterValue.Count(2), Min: 1, Max: 128),
        VocabularyOf = new("vocabulary", ParameterType.Count, "Tokens that there are, a multiple of 32", ParameterValue.Count(1024), Min: 32, Max: 262144),
        BatchOf = new("batch", ParameterType.Count, "Sequences of a step; in mode joint the slices share them", ParameterValue.Count(4), Min: 1, Max: 4096),
        TokensOf = new("tokens", ParameterType.Count, "Of each sequence", ParameterValue.Count(128), Min: 2, Max: 8192),
        Dtype = new("dtype", ParameterType.Word, "Both sides of products with weights; sums and the optimiser's weights stay in single precision", ParameterValue.Of("fp32"), Words: ["fp32", "bf16"]);

    public static readonly IReadOnlyList<Parameter> All = [WidthOf, HiddenOf, HeadsOf, LayersOf, VocabularyOf, BatchOf, TokensOf, Dtype];

    public int HeadSize => Width / Heads;

    /// <summary>Tokens of a step.</summary>
    public int Rows => Batch * Tokens;

    /// <summary>The same as a published model would be described.</summary>
    public ModelShape Model { get; } = new("trained", ModelFamily.Llama, Layers, Width, Heads, Heads, Width / Heads, Hidden, Vocabulary, TiedHead: false, 1e-5, 1e4, Tokens);

    /// <summary>Numbers that are trained.</summary>
    public long Parameters => Tensors[^1].Offset + Tensors[^1].Length;

    /// <summary>
    /// Counted operations of a step: two a multiply-add, of products with matrices and of the half of attention that is not masked, forward once and backward
    /// twice. Neither the embedding nor the optimiser.
    /// </summary>
    public double Flop => 3 * (2.0 * Model.MatrixParameters * Rows + 2.0 * Layers * Width * Tokens * (double)Rows);

    /// <summary>In the order of the computation.</summary>
    public IReadOnlyList<TrainTensor> Tensors { get; } = Lay(Width, Hidden, Layers, Vocabulary);

    /// <summary>Tensors of a layer, in their order.</summary>
    public const int OfLayer = 6;

    static TrainTensor[] Lay(int width, int hidden, int layers, int vocabulary)
    {
        var all = new List<TrainTensor>();
        Add("embedding", vocabulary, width);
        for (var layer = 0; layer < layers; layer++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"layer {layer}");
            Add($"{at} attention norm", 1, width);
            Add($"{at} queries, keys, values", 3 * width, width);
            Add($"{at} attention output", width, width);
            Add($"{at} feed norm", 1, width);
            Add($"{at} gate, up", 2 * hidden, width);
            Add($"{at} down", width, hidden);
        }
        Add("final norm", 1, width);
        Add("head", vocabulary, width);
        return [.. all];

        void Add(string name, int rows, int columns) => all.Add(new(name, all.Sum(t => t.Length), rows, columns));
    }

    /// <summary>Reads a cell's shape, or the part of it that one of several slices does.</summary>
    /// <param name="slices">Slices that share the sequences of a step.</param>
    /// <exception cref="ProbeSkippedException">Sizes that do not go together; the message says which.</exception>
    public static TrainShape Read(Parameters parameters, int slices)
    {
        int Of(Parameter parameter) => (int)parameters.Number(parameter.Name, parameter.Default!.Value.Number);
        foreach (var parameter in (Parameter[])[WidthOf, HiddenOf, VocabularyOf])
        {
            if (Of(parameter) % Multiple != 0) throw new ProbeSkippedException(string.Create(CultureInfo.InvariantCulture, $"{parameter.Name} {Of(parameter)} is no multiple of {Multiple}"));
        }
        var (width, heads, batch) = (Of(WidthOf), Of(HeadsOf), Of(BatchOf));
        if (width % (2 * heads) != 0) throw new ProbeSkippedException(string.Create(CultureInfo.InvariantCulture, $"{heads} heads cannot share a width of {width}: each needs an even number"));
        if (batch % slices != 0) throw new ProbeSkippedException(string.Create(CultureInfo.InvariantCulture, $"{slices} slices cannot share {batch} sequences evenly"));
        return new(width, Of(HiddenOf), heads, Of(LayersOf), Of(VocabularyOf), batch / slices, Of(TokensOf));
    }
}
