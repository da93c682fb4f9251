using System.Globalization;
using GpuLab.Probes.Kernels;

namespace GpuLab.Probes.Latency;

/// <summary>The chases against a walk on the host.</summary>
static class ChaseChecks
{
    const int Nodes = 331;
    const uint Warm = 2, Rounds = 21, AnySm = uint.MaxValue;

    public static IReadOnlyList<KernelCheck> All { get; } =
    [
        new("ring", ["gl_ring"], Ring),
        .. new[] { "gl_chase_l1", "gl_chase_l2", "gl_chase_system" }.Select(k => new KernelCheck(k.Replace("gl_chase_", "chase.", StringComparison.Ordinal), [k], (on, seed) => Chase(on, k, seed))),
    ];

    static string? Ring(IKernelRunner on, ulong seed)
    {
        var next = DeviceRing.Next(Nodes, seed);
        var ring = Build(on, next);
        var words = on.Download<ulong>(ring, Nodes * DeviceRing.Line / 8);
        for (var i = 0; i < Nodes; i++)
        {
            var expected = Address(ring, next[i]);
            if (words[i * DeviceRing.Line / 8] != expected)
                return string.Create(CultureInfo.InvariantCulture, $"node {i} leads to {words[i * DeviceRing.Line / 8]:x} instead of {expected:x}");
        }
        return null;
    }

    static string? Chase(IKernelRunner on, string kernel, ulong seed)
    {
        var next = DeviceRing.Next(Nodes, seed);
        var ring = Build(on, next);
        var expected = Address(ring, DeviceRing.Walk(next, 5, (Warm + Rounds) * DeviceRing.Hops));
        var first = Walk(on, kernel, Address(ring, 5), AnySm);
        if (first.Taken == 0 || first.End != expected) return Sentence($"{kernel} ended at {first.End:x} instead of {expected:x}; {first.Taken} blocks came");
        if (first.Cycles == 0) return $"{kernel} took no cycles";
        var there = Walk(on, kernel, Address(ring, 5), first.Sm);
        if (there.Taken == 0 || there.Sm != first.Sm || there.End != expected) return Sentence($"{kernel} on SM {first.Sm} alone: {there}");
        var nowhere = Walk(on, kernel, Address(ring, 5), AnySm - 1);
        return nowhere == default ? null : Sentence($"{kernel} on an SM that is not there: {nowhere}");
    }

    static ChaseRecord Walk(IKernelRunner on, string kernel, ulong start, uint sm)
    {
        var record = on.Allocate<ChaseRecord>([default]);
        on.Launch(kernel, new((uint)(4 * on.Sms), 32), start, Warm, Rounds, sm, record);
        return on.Download<ChaseRecord>(record, 1)[0];
    }

    static ulong Build(IKernelRunner on, uint[] next)
    {
        var ring = on.Allocate(next.Length * DeviceRing.Line);
        on.Launch("gl_ring", new(3, 64), ring, on.Allocate<uint>(next), (uint)next.Length, (uint)(DeviceRing.Line / 8));
        return ring;
    }

    static ulong Address(ulong ring, uint node) => ring + (ulong)node * DeviceRing.Line;

    static string Sentence(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
