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

/// <summary><c>gl_sm_stamp</c> of clocks.cu: an SM's clock and the shared timer at one time.</summary>
[StructLayout(LayoutKind.Sequential)]
readonly record struct SmStamp(ulong Cycles, ulong Ns)
{
    /// <summary>What memory holds where no block came to an SM.</summary>
    public static SmStamp None { get; } = new(0, ulong.MaxValue);

    /// <summary>Hz from one stamp of an SM to a later one; NaN where one of them is missing.</summary>
    public static double Rate(in SmStamp before, in SmStamp after) => before == None || after == None || after.Ns <= before.Ns ? double.NaN : (after.Cycles - before.Cycles) * 1e9 / (after.Ns - before.Ns);
}

/// <summary>Clocks that go forward, at a rate that a processor can have.</summary>
static class ClockChecks
{
    public static IReadOnlyList<KernelCheck> All { get; } = [new("sm.clock", ["gl_sm_clock"], SmClock), new("sm.stamps", ["gl_sm_stamps"], SmStamps), new("timer.values", ["gl_timer_values"], TimerValues)];

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

    static string? SmStamps(IKernelRunner on, ulong seed)
    {
        // More than any GPU has SMs, and more again that must stay as they were.
        const int count = 512, beyond = 512;
        SmStamp[] none = [.. Enumerable.Repeat(SmStamp.None, count + beyond)];
        var (before, after) = (on.Allocate<SmStamp>(none), on.Allocate<SmStamp>(none));
        on.Launch("gl_sm_stamps", new((uint)(2 * on.Sms), 32), before, (uint)count);
        on.Launch("gl_sm_clock", new((uint)on.Sms, 32), on.Allocate(24L * on.Sms), 20_000ul);
        on.Launch("gl_sm_stamps", new((uint)(2 * on.Sms), 32), after, (uint)count);
        var (first, last) = (on.Download<SmStamp>(before, count + beyond), on.Download<SmStamp>(after, count + beyond));
        var rates = first.Zip(last, (b, a) => SmStamp.Rate(b, a)).Where(r => !double.IsNaN(r)).ToList();
        if (rates.Count != on.Sms || rates.Any(r => r is not (> 0.1e9 and < 10e9))) return string.Create(CultureInfo.InvariantCulture, $"{rates.Count} of {on.Sms} SMs from {rates.DefaultIfEmpty().Min() / 1e9:0.###} to {rates.DefaultIfEmpty().Max() / 1e9:0.###} GHz");
        on.Launch("gl_sm_stamps", new((uint)on.Sms, 32), on.Allocate(16), 0u);
        return first.Skip(count).Concat(last.Skip(count)).All(s => s == SmStamp.None) ? null : "an SM beyond those asked for was written";
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
