using System.Numerics;

namespace GpuLab.Model;

/// <summary>
/// xoshiro256** of Blackman and Vigna, seeded by their SplitMix64. The sequence of a seed is part of the formats:
/// <see cref="Random"/> does not promise its own from one framework to the next.
/// </summary>
public sealed class Xoshiro
{
    ulong s0, s1, s2, s3;

    public Xoshiro(ulong seed)
    {
        s0 = SplitMix(ref seed);
        s1 = SplitMix(ref seed);
        s2 = SplitMix(ref seed);
        s3 = SplitMix(ref seed);
    }

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        var result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
        var shifted = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= shifted;
        s3 = BitOperations.RotateLeft(s3, 45);
        return result;
    }

    /// <summary>A whole number from 0 to <paramref name="bound"/> − 1, each equally likely.</summary>
    public int Below(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        // The first 2^64 mod bound values would make the low results likelier; they are drawn again.
        var unfair = (0 - (ulong)bound) % (ulong)bound;
        ulong bits;
        do bits = Next();
        while (bits < unfair);
        return (int)(bits % (ulong)bound);
    }

    /// <summary>Fisher–Yates, in place.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>One step of SplitMix64: advances the state and returns a well-mixed word. Also good for deriving one seed from another.</summary>
    public static ulong SplitMix(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
