using GpuLab.Probes.Cuda;
using GpuLab.Probes.Kernels;

namespace GpuLab.Probes.Compute;

/// <summary>What carries out each kind of arithmetic on a GPU. Products are tried by mma.sync and, where the GPU has it, by wgmma.</summary>
static class GpuComputeLoops
{
    /// <summary>Whole numbers to this size are exact in every format of 16 bits and more; those of fp8 to 16 are.</summary>
    const int Wide = 127, Narrow = 8;

    /// <summary>Bits of sums in single precision; of those of fp8, about as many as Hopper was found to keep.</summary>
    const int SingleBits = 24, NarrowBits = 13;

    public static IComputeLoop Fp32(CudaSession session, CudaStream stream, ulong seed) => new ChainLoop<uint>(session, stream, "gl_chain_fp32", seed, ChainReference.Fp32);

    public static IComputeLoop Fp64(CudaSession session, CudaStream stream, ulong seed) => new ChainLoop<ulong>(session, stream, "gl_chain_fp64", seed, ChainReference.Fp64);

    public static IComputeLoop Int32(CudaSession session, CudaStream stream, ulong seed) => new ChainLoop<uint>(session, stream, "gl_chain_int32", seed, ChainReference.Int32);

    public static Func<CudaSession, CudaStream, ulong, IComputeLoop> Warp(TensorFormat format, string module = KernelModules.Common)
    {
        const int warps = 8, perSm = 2;
        ProductShape shape = new(module, format.Kernel, 32 * warps, warps, (double)TensorFormat.Tiles * format.Operations, perSm);
        var most = format == TensorFormat.Fp8 ? Narrow : Wide;
        ProductOperands Make(IKernelRunner on, ulong seed)
        {
            var (a, b, product) = TensorChecks.Operands(on, format, seed, -most, most);
            return new(a, b, product, (double)format.Depth * most * most, Bits(format));
        }
        return (session, stream, seed) => format == TensorFormat.Int8
            ? new ProductLoop<int>(session, stream, shape, on => Make(on, seed))
            : new ProductLoop<float>(session, stream, shape, on => Make(on, seed));
    }

    public static Func<CudaSession, CudaStream, ulong, IComputeLoop> Warpgroup(TensorFormat format)
    {
        var depth = WarpgroupChecks.Slices * 8 * format.Packed;
        var operations = 2.0 * WarpgroupChecks.Groups * WarpgroupChecks.Rows * WarpgroupChecks.Columns * depth;
        ProductShape shape = new(KernelModules.Hopper, $"gl_warpgroup_peak_{format.Name}", 128 * WarpgroupChecks.Groups, 1, operations, 1);
        var most = format == TensorFormat.Fp8 ? Narrow : Wide;
        return (session, stream, seed) => new ProductLoop<float>(session, stream, shape, on =>
        {
            var (a, b, product) = WarpgroupChecks.Operands(on, format, seed, -most, most);
            return new(a, b, product, (double)depth * most * most, Bits(format));
        });
    }

    static int Bits(TensorFormat format) => format == TensorFormat.Fp8 ? NarrowBits : SingleBits;
}
