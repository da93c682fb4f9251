using GpuLab.Probes.Checkpoints;

namespace GpuLab.Probes.Llm;

/// <summary>A matrix of weights, as products with it are counted wherever they are done.</summary>
/// <param name="Outputs">Rows of the matrix as models store it.</param>
/// <param name="Inputs">Columns of it.</param>
readonly record struct ProductSize(int Outputs, int Inputs, WeightFormat Format)
{
    /// <summary>Bytes that a product must read: weights and scales, without what fills anything up.</summary>
    public double CountedBytes => (double)Outputs * Inputs * (Format switch { WeightFormat.Bf16 => 2, WeightFormat.Int8 => 1, _ => 0.5 })
        + (Format == WeightFormat.Bf16 ? 0 : 2.0 * Outputs * ((Inputs + Quantised.Group - 1) / Quantised.Group));

    /// <summary>Two a weight and row of activations.</summary>
    public double Flop => 2.0 * Outputs * Inputs;

    /// <summary>All that a step multiplies with; the head is the last.</summary>
    public static IReadOnlyList<ProductSize> Of(ModelShape shape, WeightFormat format)
    {
        var sizes = new List<ProductSize>();
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            sizes.Add(new((shape.Heads + 2 * shape.KvHeads) * shape.HeadSize, shape.Width, format));
            sizes.Add(new(shape.Width, shape.Heads * shape.HeadSize, format));
            sizes.Add(new(2 * shape.Hidden, shape.Width, format));
            sizes.Add(new(shape.Width, shape.Hidden, format));
        }
        sizes.Add(new(shape.Vocabulary, shape.Width, format));
        return sizes;
    }
}
