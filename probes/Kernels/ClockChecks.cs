using System.Globalization;
using System.Runtime.InteropServices;

namespace GpuLab.Probes.Kernels;

/// <summary><c>gl_clock_pair</c> of clocks.cu: what one SM's clock did while the shared timer went on.</summary>
[StructLayout(LayoutKind.Sequential)]
readonly record struct ClockPair(ulong Cycles, ulong Ns, uint Sm, uint Unused)
{
    /// <summary>Hz.</summary>
    public double Rate => Cycles * 1e9 / Ns;
}

/// <summary>Clocks that go forward, at a rate that a processor can have.</summary>
static class ClockChecks
{
    public static IReadOnlyList<KernelCheck> All { get; } = [new("sm.clock", ["gl_sm_clock"], SmClock), new("timer.values", ["gl_timer_values"], TimerValues)];

    static string? SmClock(IKernelRunner on, ulong seed)
    {
        const ulong least = 50_000;
        var pairs = on.Allocate(24 * 3);
        on.Launch("gl_sm_clock", new(3, 32), pairs, least);
        foreach (var pair in on.Download<ClockPair>(pairs, 3))
        {
            if (pair.Ns < least || pair.Rate is not (> 0.1e9 and < 10e9)) return string.Create(CultureInfo.InvariantCulture, $"{pair} is {pair.Rate / 1e9:0.###} GHz");
        }
        return null;
    }

    static string? TimerValues(IKernelRunner on, ulong seed)
    {
        const int count = 100;
        var values = on.Allocate(8 * count);
        on.Launch("gl_timer_values", new(1, 32), values, (uint)count);
        var found = on.Download<ulong>(values, count);
        for (var i = 1; i < count; i++)
        {
            if (found[i] <= found[i - 1]) return string.Create(CultureInfo.InvariantCulture, $"value {i} is {found[i]} after {found[i - 1]}");
        }
        return null;
    }
}
