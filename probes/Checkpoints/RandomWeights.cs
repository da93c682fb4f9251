using System.Runtime.InteropServices;
using System.Text;

namespace GpuLab.Probes.Checkpoints;

/// <summary>
/// Random weights with which activations keep their size through the layers: matrices have mean 0 and deviation 1/√(length of a row), biases 0.02,
/// norms are near 1. An element depends on the seed, the tensor's name and its own number alone, so any part can be made, and made again, by itself.
/// </summary>
public sealed class RandomWeights(ulong seed) : ITensorSource
{
    /// <summary>The sum of four uniform numbers of 16 bits: its mean and deviation.</summary>
    const double Mean = 4 * 65535 / 2.0, Deviation = 37837.2;

    /// <summary>Types that it makes.</summary>
    public static IReadOnlyList<TensorType> Types { get; } = [TensorType.BF16, TensorType.F16, TensorType.F32];

    public void Read(TensorSpec tensor, long offset, Span<byte> into)
    {
        var key = Key(tensor.Name);
        var (center, scale) = Distribution(tensor);
        switch (tensor.Type)
        {
            case TensorType.BF16:
                var brains = MemoryMarshal.Cast<byte, ushort>(into);
                for (var i = 0; i < brains.Length; i++) brains[i] = Brain(Value(key, offset / 2 + i, center, scale));
                break;
            case TensorType.F16:
                var halves = MemoryMarshal.Cast<byte, Half>(into);
                for (var i = 0; i < halves.Length; i++) halves[i] = (Half)Value(key, offset / 2 + i, center, scale);
                break;
            case TensorType.F32:
                var singles = MemoryMarshal.Cast<byte, float>(into);
                for (var i = 0; i < singles.Length; i++) singles[i] = Value(key, offset / 4 + i, center, scale);
                break;
            default:
                throw new CheckpointException($"tensor '{tensor.Name}': random weights of type {tensor.Type.Text()} are not made, only {string.Join(", ", Types.Select(t => t.Text()))}");
        }
    }

    static (float Center, float Scale) Distribution(TensorSpec tensor) => tensor switch
    {
        { Shape: [_, .., var row] } => (0, (float)(1 / Math.Sqrt(row) / Deviation)),
        { Name: var name } when name.EndsWith("bias", StringComparison.Ordinal) => (0, (float)(0.02 / Deviation)),
        _ => (1, (float)(0.1 / Deviation)),
    };

    static float Value(ulong key, long index, float center, float scale)
    {
        // The finalizer of splitmix64.
        var x = key + (ulong)index * 0x9E3779B97F4A7C15;
        x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
        x = (x ^ x >> 27) * 0x94D049BB133111EB;
        x ^= x >> 31;
        var sum = (int)(x & 0xFFFF) + (int)(x >> 16 & 0xFFFF) + (int)(x >> 32 & 0xFFFF) + (int)(x >> 48);
        return center + (sum - (float)Mean) * scale;
    }

    /// <summary>Rounds to the nearest bfloat16, ties to even. No infinities and no NaN come here.</summary>
    static ushort Brain(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
    }

    /// <summary>FNV-1a of the name, mixed with the seed.</summary>
    ulong Key(string name)
    {
        Span<byte> utf8 = stackalloc byte[Math.Min(1024, Encoding.UTF8.GetMaxByteCount(name.Length))];
        var bytes = Encoding.UTF8.GetByteCount(name) <= utf8.Length ? utf8[..Encoding.UTF8.GetBytes(name, utf8)] : Encoding.UTF8.GetBytes(name);
        var hash = 14695981039346656037UL;
        foreach (var b in bytes) hash = (hash ^ b) * 1099511628211;
        return (hash ^ seed * 0xD1342543DE82EF95) * 0x9E3779B97F4A7C15;
    }
}
