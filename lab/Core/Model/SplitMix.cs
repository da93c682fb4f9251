namespace GpuLab.Model;

/// <summary>
/// SplitMix64 of Steele, Lea and Flood: small, seeded by any number, enough to shuffle with. The order that a seed gives is part of
/// the formats: <see cref="Random"/> does not promise its own from one framework to the next.
/// </summary>
public sealed class SplitMix(ulong seed)
{
    ulong state = seed;

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
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
}
