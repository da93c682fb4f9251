using System.Numerics;
using GpuLab.Model;

namespace GpuLab.Probes.Compute;

/// <summary>The chains of multiply-adds of chains.cuh, one after another: what each thread writes.</summary>
static class ChainReference
{
    /// <summary><c>GL_CHAINS</c> and <c>GL_STEPS</c> of chains.cuh.</summary>
    public const int Chains = 8, Steps = 16;

    /// <summary>Operations of one thread in a round, two a multiply-add.</summary>
    public const int OperationsPerRound = 2 * Chains * Steps;

    public static uint Fp32(ulong seed, long thread, long steps)
    {
        var x = Chaos<float>(seed, thread, steps, MathF.FusedMultiplyAdd);
        return x.Aggregate(0u, (bits, v) => bits ^ BitConverter.SingleToUInt32Bits(v));
    }

    public static ulong Fp64(ulong seed, long thread, long steps)
    {
        var x = Chaos<double>(seed, thread, steps, Math.FusedMultiplyAdd);
        return x.Aggregate(0ul, (bits, v) => bits ^ BitConverter.DoubleToUInt64Bits(v));
    }

    public static uint Int32(ulong seed, long thread, long steps)
    {
        var random = At(seed, thread);
        var first = random.Next();
        uint m = ((uint)first & ~7u) | 5, k = (uint)(first >> 32) | 1, bits = 0;
        for (var chain = 0; chain < Chains; chain++)
        {
            var x = (uint)random.Next();
            for (var step = 0L; step < steps; step++) x = unchecked(m * x + k);
            bits ^= x;
        }
        return bits;
    }

    static T[] Chaos<T>(ulong seed, long thread, long steps, Func<T, T, T, T> fused) where T : INumber<T>
    {
        var random = At(seed, thread);
        var c = fused(T.CreateTruncating(-0.09), Unit<T>(random), T.CreateTruncating(-1.9));
        var x = new T[Chains];
        for (var chain = 0; chain < Chains; chain++)
        {
            x[chain] = Unit<T>(random);
            for (var step = 0L; step < steps; step++) x[chain] = fused(x[chain], x[chain], c);
        }
        return x;
    }

    static T Unit<T>(SplitMix random) where T : INumber<T> => T.CreateTruncating(random.Next() >> 44) * T.CreateTruncating(1.0 / (1 << 20));

    /// <summary>Numbers of a thread: one for its constants, one for the start of each chain.</summary>
    static SplitMix At(ulong seed, long thread) => new(unchecked(seed + (ulong)thread * (Chains + 1) * 0x9E3779B97F4A7C15));
}
