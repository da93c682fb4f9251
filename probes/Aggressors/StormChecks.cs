using System.Globalization;
using GpuLab.Probes.Compute;
using GpuLab.Probes.Kernels;
using GpuLab.Probes.Memory;

namespace GpuLab.Probes.Aggressors;

/// <summary>What each aggressor leaves behind must follow from the portions of work that its blocks say they did.</summary>
static class StormChecks
{
    const int Portion = StormReference.Portion;

    /// <summary>Vectors: a walk comes to the end and starts again.</summary>
    const int Count = 64 * 3 * StormReference.InFlight * 5 + 13;

    /// <summary>Full load for 2 µs: one portion at least, whatever the step of the timer.</summary>
    static readonly KernelArgument[] dial = [2000u, 1000u, 1000u, 0u];

    static readonly KernelShape shape = new(3, 64);

    public static IReadOnlyList<KernelCheck> All { get; } =
    [
        new("storm.copy", ["gl_storm_copy"], Copy),
        new("storm.both", ["gl_storm_both"], Both),
        new("storm.read", ["gl_storm_read"], Read),
        new("storm.pages", ["gl_storm_pages"], Pages),
        new("storm.fp32", ["gl_storm_fp32"], Fp32),
        new("storm.bf16", ["gl_storm_bf16"], Bf16),
        new("storm.fence", ["gl_storm_fence"], Fence),
    ];

    static int Threads => (int)(shape.Grid * shape.Block);

    static string? Copy(IKernelRunner on, ulong seed)
    {
        var words = FillChecks.Words(seed, Count);
        var target = on.Allocate<uint>(new uint[4 * Count]);
        if (Portions(on, "gl_storm_copy", out var work, on.Allocate<uint>(words), target, (ulong)Count) is { } wrong) return wrong;
        var expected = new uint[4 * Count];
        for (var thread = 0; thread < Threads; thread++) Copied(words, expected, Walk(thread, work));
        return Differences.First("gl_storm_copy", expected, on.Download<uint>(target, 4 * Count));
    }

    static string? Both(IKernelRunner on, ulong seed)
    {
        uint[][] from = [FillChecks.Words(seed, Count), FillChecks.Words(~seed, Count)], expected = [new uint[4 * Count], new uint[4 * Count]];
        ulong[] to = [on.Allocate<uint>(new uint[4 * Count]), on.Allocate<uint>(new uint[4 * Count])];
        if (Portions(on, "gl_storm_both", out var work, on.Allocate<uint>(from[0]), to[0], on.Allocate<uint>(from[1]), to[1], (ulong)Count) is { } wrong) return wrong;
        for (var thread = 0; thread < Threads; thread++)
        {
            var (warp, lane) = (thread / 32, thread % 32);
            Copied(from[warp % 2], expected[warp % 2], StormReference.Walk(warp / 2 * 32 + lane, Threads / 2, Count, work[thread / (int)shape.Block]));
        }
        return Differences.First("up", expected[0], on.Download<uint>(to[0], 4 * Count)) ?? Differences.First("down", expected[1], on.Download<uint>(to[1], 4 * Count));
    }

    static string? Read(IKernelRunner on, ulong seed)
    {
        var words = FillChecks.Words(seed, Count);
        var sums = on.Allocate(4 * shape.Grid);
        if (Portions(on, "gl_storm_read", out var work, [on.Allocate<uint>(words), (ulong)Count], sums) is { } wrong) return wrong;
        var expected = new uint[shape.Grid];
        for (var thread = 0; thread < Threads; thread++)
        {
            foreach (var vector in Walk(thread, work)) expected[thread / (int)shape.Block] ^= Folded(words, vector);
        }
        return Differences.First("gl_storm_read", expected, on.Download<uint>(sums, shape.Grid));
    }

    static string? Pages(IKernelRunner on, ulong seed)
    {
        const uint pages = 37, span = 64;
        var words = FillChecks.Words(seed, (int)(pages * span));
        var sums = on.Allocate(4 * shape.Grid);
        if (Portions(on, "gl_storm_pages", out var work, [on.Allocate<uint>(words), pages, span, seed], sums) is { } wrong) return wrong;
        var expected = new uint[shape.Grid];
        for (var thread = 0; thread < Threads; thread++)
        {
            var block = thread / (int)shape.Block;
            foreach (var vector in StormReference.Pages(seed, thread, Threads, pages, span, work[block])) expected[block] ^= Folded(words, vector);
        }
        return Differences.First("gl_storm_pages", expected, on.Download<uint>(sums, shape.Grid));
    }

    static string? Fp32(IKernelRunner on, ulong seed)
    {
        var bits = on.Allocate(4 * Threads);
        if (Portions(on, "gl_storm_fp32", out var work, bits, seed) is { } wrong) return wrong;
        var expected = Enumerable.Range(0, Threads).Select(t => ChainReference.Fp32(seed, t, work[t / (int)shape.Block] * Portion * ChainReference.Steps)).ToArray();
        return Differences.First("gl_storm_fp32", expected, on.Download<uint>(bits, Threads));
    }

    static string? Bf16(IKernelRunner on, ulong seed)
    {
        var (a, b, product) = TensorChecks.Operands(on, TensorFormat.Bf16, seed, -2, 2);
        var warps = Threads / 32;
        var d = on.Allocate(4 * warps * product.Length);
        if (Portions(on, "gl_storm_bf16", out var work, a, b, d) is { } wrong) return wrong;
        var expected = Enumerable.Range(0, warps).SelectMany(w => product.Select(v => (float)(v * work[w / ((int)shape.Block / 32)] * Portion))).ToArray();
        return Differences.First("gl_storm_bf16", expected, on.Download<float>(d, expected.Length));
    }

    static string? Fence(IKernelRunner on, ulong seed)
    {
        var counts = on.Allocate(4 * Threads);
        if (Portions(on, "gl_storm_fence", out var work, counts) is { } wrong) return wrong;
        var expected = Enumerable.Range(0, Threads).Select(t => work[t / (int)shape.Block] * Portion).ToArray();
        return Differences.First("gl_storm_fence", expected, on.Download<uint>(counts, Threads));
    }

    /// <summary>Runs at full load; the work of each block, or what is wrong with it.</summary>
    static string? Portions(IKernelRunner on, string kernel, out uint[] work, params ReadOnlySpan<KernelArgument> before) => Portions(on, kernel, out work, before, null);

    static string? Portions(IKernelRunner on, string kernel, out uint[] work, ReadOnlySpan<KernelArgument> before, KernelArgument? sums)
    {
        var counters = on.Allocate(4 * shape.Grid);
        on.Launch(kernel, shape, sums is { } s ? [.. before, .. dial, s, counters] : [.. before, .. dial, counters]);
        work = on.Download<uint>(counters, shape.Grid);
        // More than a portion a nanosecond is no count but what was in the memory before.
        return work.All(w => w is > 0 and < 2000) ? null : string.Create(CultureInfo.InvariantCulture, $"{kernel}: blocks did {string.Join(' ', work)} portions");
    }

    static IEnumerable<long> Walk(int thread, uint[] work) => StormReference.Walk(thread, Threads, Count, work[thread / (int)shape.Block]);

    static void Copied(uint[] from, uint[] to, IEnumerable<long> vectors)
    {
        foreach (var vector in vectors) from.AsSpan((int)(4 * vector), 4).CopyTo(to.AsSpan((int)(4 * vector)));
    }

    static uint Folded(uint[] words, long vector) => words[4 * vector] ^ words[4 * vector + 1] ^ words[4 * vector + 2] ^ words[4 * vector + 3];
}
