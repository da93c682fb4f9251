using System.Numerics;
using GpuLab.Probes.Host;

namespace GpuLab.Probes.Loading;

/// <summary>Goes over all weights once, as the first step of a model would, and keeps the CRC-32C of every stretch.</summary>
sealed unsafe class WeightUse(byte* start, LoadChunk[] stretches, int threads) : TeamWork
{
    readonly uint[] sums = new uint[stretches.Length];

    /// <summary>One number for all stretches in their order.</summary>
    public ulong Total
    {
        get
        {
            ulong total = 0;
            for (var i = 0; i < sums.Length; i++) total += sums[i] * (2UL * (ulong)i + 1);
            return total;
        }
    }

    public uint this[int stretch] => sums[stretch];

    public override void Run(int thread)
    {
        for (var i = stretches.Length * thread / threads; i < stretches.Length * (thread + 1) / threads; i++) sums[i] = Sum(start + stretches[i].Target, stretches[i].Length);
    }

    public static uint Sum(byte* start, int length)
    {
        var (sum, words) = (uint.MaxValue, length / 8);
        for (var i = 0; i < words; i++) sum = BitOperations.Crc32C(sum, ((ulong*)start)[i]);
        for (var i = words * 8; i < length; i++) sum = BitOperations.Crc32C(sum, start[i]);
        return sum;
    }
}
