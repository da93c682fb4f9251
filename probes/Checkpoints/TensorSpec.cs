using System.Globalization;

namespace GpuLab.Probes.Checkpoints;

/// <summary>A tensor without its data: row-major, the last dimension contiguous.</summary>
/// <param name="Shape">Elements of each dimension; empty for a single number.</param>
public record TensorSpec(string Name, TensorType Type, IReadOnlyList<long> Shape)
{
    public long Elements => Shape.Aggregate(1L, (product, n) => checked(product * n));

    public long Bytes => checked(Elements * Type.Size());

    /// <summary><c>BF16 [4096, 14336]</c></summary>
    public string Form => $"{Type.Text()} [{string.Join(", ", Shape.Select(n => n.ToString(CultureInfo.InvariantCulture)))}]";

    /// <summary>Bytes of a tensor whose shape comes from a file; null where that is no number of bytes.</summary>
    internal static long? BytesOf(TensorType type, ReadOnlySpan<long> shape)
    {
        long elements = 1;
        foreach (var n in shape)
        {
            if (n < 0) return null;
            if (n == 0) elements = 0;
        }
        foreach (var n in shape)
        {
            if (elements != 0 && elements > long.MaxValue / n) return null;
            elements *= n;
        }
        return elements <= long.MaxValue / type.Size() ? elements * type.Size() : null;
    }
}

/// <summary>A tensor in a checkpoint.</summary>
/// <param name="File">Which of the checkpoint's files holds it.</param>
/// <param name="Offset">Of its first byte, from the beginning of that file.</param>
public sealed record TensorEntry(string Name, TensorType Type, IReadOnlyList<long> Shape, int File, long Offset) : TensorSpec(Name, Type, Shape);

/// <summary>A tensor in memory. The memory belongs to whoever loaded it.</summary>
/// <param name="Data">Address of the first element, at a multiple of its size.</param>
public sealed record TensorView(string Name, TensorType Type, IReadOnlyList<long> Shape, nint Data) : TensorSpec(Name, Type, Shape);
