using System.Globalization;
using GpuLab.Probes.Compute;
using GpuLab.Probes.Kernels;

namespace GpuLab.Probes.Trace;

/// <summary>Records of blocks: each there, in order of time, with the work that it did.</summary>
static class TraceChecks
{
    const uint Rounds = 40;

    public static KernelCheck Blocks { get; } = new("trace.blocks", ["gl_trace_blocks"], static (on, seed) =>
    {
        KernelShape shape = new((uint)(3 * on.Sms), 64);
        var records = on.Allocate(24 * shape.Grid);
        on.Launch("gl_trace_blocks", shape, records, seed, Rounds);
        var found = on.Download<BlockRecord>(records, shape.Grid);
        for (var block = 0; block < found.Length; block++)
        {
            if (found[block].End < found[block].Start) return string.Create(CultureInfo.InvariantCulture, $"block {block} ends before it starts: {found[block]}");
            if (found[block].Work != Work(seed, block * (int)shape.Block, (int)shape.Block, Rounds))
                return string.Create(CultureInfo.InvariantCulture, $"block {block} computed something else: {found[block]}");
        }
        // How many SMs of all came to work is no error; that more than one did is what a trace is for.
        return found.Select(r => r.Sm).Distinct().Count() > Math.Min(1, on.Sms - 1) ? null : "all blocks say that they ran on one SM";
    });

    /// <summary>What a block's record must hold.</summary>
    public static uint Work(ulong seed, long firstThread, int threads, uint rounds)
    {
        var bits = 0u;
        for (var thread = 0; thread < threads; thread++) bits ^= ChainReference.Fp32(seed, firstThread + thread, rounds);
        return bits;
    }
}
