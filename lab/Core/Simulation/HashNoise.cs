namespace GpuLab.Simulation;

/// <summary>
/// Random numbers that depend on what they are for and not on when they are asked for: a hash of a key and an index. The same on every
/// machine, in any order, in any process.
/// </summary>
public readonly struct HashNoise
{
    readonly ulong key;

    HashNoise(ulong key) => this.key = key;

    public HashNoise(ulong seed, ReadOnlySpan<char> what)
        : this(Mix(seed)) => key = new HashNoise(key).For(what).key;

    /// <summary>Numbers of their own for a purpose: a slice, a phase, an effect.</summary>
    public HashNoise For(ReadOnlySpan<char> what)
    {
        // FNV-1a over UTF-16 units; string.GetHashCode differs from process to process.
        var hash = 14695981039346656037;
        foreach (var c in what) hash = (hash ^ c) * 1099511628211;
        return new(Mix(key ^ hash));
    }

    /// <summary>Evenly from 0 to below 1.</summary>
    public double Uniform(long index) => (Mix(key + (ulong)index * 0x9E3779B97F4A7C15) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Normal with mean 0 and deviation 1, by Box and Muller; built from operations that IEEE 754 defines and ones that agree on linux-x64.</summary>
    public double Normal(long index)
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - Uniform(2 * index)));
        return radius * Math.Cos(2 * Math.PI * Uniform(2 * index + 1));
    }

    static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
