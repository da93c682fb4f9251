using System.Runtime.InteropServices;

namespace GpuLab.Probes.Memory;

/// <summary>What the streaming kernels work on and must leave behind, computed on the host: vectors of 16 bytes by their index (fill.cu, stream.cu).</summary>
static class StreamReference
{
    /// <summary>Output number <paramref name="index"/> of SplitMix64.</summary>
    public static ulong Random(ulong seed, ulong index)
    {
        var z = seed + (index + 1) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>From 1 to below 2.</summary>
    public static double RandomDouble(ulong seed, ulong index) => BitConverter.UInt64BitsToDouble(0x3FF0000000000000 | Random(seed, index) >> 12);

    public static Vector16 Filled(ulong seed, ulong index) => new(Random(seed, 2 * index), Random(seed, 2 * index + 1));

    public static Vector16 Pattern(uint seed, ulong index)
    {
        var x = (uint)index * 0x9E3779B1 + seed;
        return new(x | (ulong)(x ^ 0x85EBCA6B) << 32, ~x | (ulong)(x + (uint)(index >> 32)) << 32);
    }

    public static Vector16 Triad(ulong seedB, ulong seedC, double scalar, ulong index) => new(
        BitConverter.DoubleToUInt64Bits(TriadElement(seedB, seedC, scalar, 2 * index)),
        BitConverter.DoubleToUInt64Bits(TriadElement(seedB, seedC, scalar, 2 * index + 1)));

    /// <summary>Exclusive or of all 32-bit words of a filled array.</summary>
    public static uint Folded(ulong seed, long vectors)
    {
        ulong sum = 0;
        for (ulong i = 0; i < 2 * (ulong)vectors; i++) sum ^= Random(seed, i);
        return (uint)sum ^ (uint)(sum >> 32);
    }

    static double TriadElement(ulong seedB, ulong seedC, double scalar, ulong index) =>
        Math.FusedMultiplyAdd(scalar, RandomDouble(seedC, index), RandomDouble(seedB, index));
}

/// <summary>What one access of a streaming kernel moves.</summary>
[StructLayout(LayoutKind.Sequential)]
readonly record struct Vector16(ulong Low, ulong High)
{
    public const int Size = 16;
}
