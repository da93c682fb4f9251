using System.Numerics;
using System.Runtime.CompilerServices;

namespace GpuLab.Statistics;

/// <summary>
/// xoshiro256** of Blackman and Vigna, seeded through SplitMix64: the same numbers for a seed on every machine and runtime version,
/// which <see cref="Random"/> does not promise. A struct: pass it by reference.
/// </summary>
public struct Xoshiro
{
    ulong s0, s1, s2, s3;

    public Xoshiro(ulong seed)
    {
        s0 = Mix(ref seed);
        s1 = Mix(ref seed);
        s2 = Mix(ref seed);
        s3 = Mix(ref seed);
    }

    /// <summary>With the state itself, as published test vectors give it.</summary>
    internal Xoshiro(ulong s0, ulong s1, ulong s2, ulong s3) => (this.s0, this.s1, this.s2, this.s3) = (s0, s1, s2, s3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Next()
    {
        var result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
        var t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = BitOperations.RotateLeft(s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Uniform() => (Next() >> 11) * (1.0 / (1L << 53));

    /// <summary>Uniform in (0, 1): safe for logarithms.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Open() => ((Next() >> 12) + 0.5) * (1.0 / (1L << 52));

    /// <summary>Uniform in [0, <paramref name="bound"/>). The bias of the multiplication is below bound ÷ 2⁶⁴.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    static ulong Mix(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
