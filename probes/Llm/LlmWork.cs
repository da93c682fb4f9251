using GpuLab.Probes.Checkpoints;

namespace GpuLab.Probes.Llm;

/// <summary>The work of a step as it is counted: products with weights and with the cache, nothing else (MEASUREMENT 4).</summary>
/// <param name="Flop">Two a multiply-add.</param>
/// <param name="Bytes">Weights once, and what of the cache is read.</param>
readonly record struct LlmWork(double Flop, double Bytes)
{
    /// <summary>One token more for each of <paramref name="batch"/> sequences that have <paramref name="context"/>.</summary>
    public static LlmWork Decode(ModelShape shape, IEnumerable<ProductSize> products, int context, int batch)
    {
        var (flop, bytes) = (0.0, 0.0);
        foreach (var product in products) (flop, bytes) = (flop + product.Flop, bytes + product.CountedBytes);
        return new(batch * (flop + 4.0 * shape.Layers * shape.Heads * shape.HeadSize * context), bytes + (double)shape.KvBytesPerToken(2) * context * batch);
    }

    /// <summary>
    /// The first <paramref name="tokens"/> of each sequence: attention sees half of the square, and the head's product is done once a sequence.
    /// </summary>
    /// <param name="products">With the head's as the last, where it is there.</param>
    public static LlmWork Prefill(ModelShape shape, IReadOnlyList<ProductSize> products, int tokens, int batch, bool hasHead = true)
    {
        var head = hasHead ? products[^1].Flop : 0;
        var flop = products.Sum(p => p.Flop) - head;
        var attention = 4.0 * shape.Layers * shape.Heads * shape.HeadSize * tokens * (double)tokens / 2;
        return new(batch * (tokens * flop + head + attention), products.Sum(p => p.CountedBytes) + (double)shape.KvBytesPerToken(2) * tokens * batch);
    }
}
