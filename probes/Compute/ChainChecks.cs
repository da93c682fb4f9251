using GpuLab.Probes.Kernels;

namespace GpuLab.Probes.Compute;

/// <summary>Chains of multiply-adds, bit for bit.</summary>
static class ChainChecks
{
    const uint Rounds = 5;
    const long Steps = Rounds * ChainReference.Steps;

    static readonly KernelShape shape = new(3, 64);

    public static IReadOnlyList<KernelCheck> All { get; } =
    [
        new("chain.fp32", ["gl_chain_fp32"], (on, seed) => Compare(on, "gl_chain_fp32", seed, ChainReference.Fp32)),
        new("chain.fp64", ["gl_chain_fp64"], (on, seed) => Compare(on, "gl_chain_fp64", seed, ChainReference.Fp64)),
        new("chain.int32", ["gl_chain_int32"], (on, seed) => Compare(on, "gl_chain_int32", seed, ChainReference.Int32)),
    ];

    static unsafe string? Compare<T>(IKernelRunner on, string kernel, ulong seed, Func<ulong, long, long, T> reference) where T : unmanaged, IEquatable<T>, IFormattable
    {
        var threads = (int)(shape.Grid * shape.Block);
        var bits = on.Allocate(sizeof(T) * threads);
        on.Launch(kernel, shape, bits, seed, Rounds);
        return Differences.First(kernel, [.. Enumerable.Range(0, threads).Select(t => reference(seed, t, Steps))], on.Download<T>(bits, threads));
    }
}
