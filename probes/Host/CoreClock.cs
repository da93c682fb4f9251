using GpuLab.Running;
using System.Runtime.CompilerServices;

namespace GpuLab.Probes.Host;

/// <summary>The frequency at which the calling thread's core really runs, without counters: dependent additions take one cycle each.</summary>
static class CoreClock
{
    const int PerTurn = 16, Turns = 16_000, Tries = 4;

    /// <summary>Hertz; the fastest of a few bursts of some 0.1 ms, so that an interruption does not slow it down.</summary>
    public static double Measure(long seed)
    {
        Chain(seed, 3, 5, 100);
        double fastest = 0;
        for (var i = 0; i < Tries; i++)
        {
            var start = Monotonic.Now;
            var end = Chain(seed, start, seed + i, Turns);
            fastest = Math.Max(fastest, PerTurn * (double)Turns * 1e9 / (Monotonic.Now - start));
            seed ^= end;
        }
        return fastest;
    }

    /// <summary>Addition and exclusive or in turn, so that no two of them can be folded into one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static long Chain(long x, long a, long b, int turns)
    {
        for (; turns > 0; turns--)
        {
            x += a; x ^= b; x += a; x ^= b; x += a; x ^= b; x += a; x ^= b;
            x += a; x ^= b; x += a; x ^= b; x += a; x ^= b; x += a; x ^= b;
        }
        return x;
    }
}
