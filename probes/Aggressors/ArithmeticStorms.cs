using System.Globalization;
using GpuLab.Probes.Compute;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Kernels;

namespace GpuLab.Probes.Aggressors;

/// <summary>fp32 multiply-adds in registers.</summary>
sealed unsafe class ChainStorm(StormGround ground, ulong seed) : Storm(ground, "gl_storm_fp32", new(ground.Device.Sms, ThreadsPerBlock))
{
    const int ThreadsPerBlock = 512;

    readonly DeviceMemory bits = ground.Memory((long)ground.Device.Sms * ThreadsPerBlock * sizeof(uint));

    public override double WorkOfPortion => (double)Grid.Threads * StormReference.Portion * ChainReference.OperationsPerRound;

    public override void Launch(uint nanoseconds, ulong work) => AtFull(nanoseconds, [bits.Start.Address, seed], work);

    public override void Poison() => bits.Fill(0xDB, Ground.Stream);

    /// <summary>A thread of some blocks.</summary>
    public override string? Wrong(ReadOnlySpan<uint> portions)
    {
        foreach (var block in Some(seed))
        {
            var thread = (long)block * Grid.Threads + (long)(seed >> 32) % Grid.Threads;
            uint found;
            bits.CopyTo(&found, sizeof(uint), thread * sizeof(uint), Ground.Stream);
            Ground.Stream.Synchronize();
            var expected = ChainReference.Fp32(seed, thread, (long)portions[block] * StormReference.Portion * ChainReference.Steps);
            if (found != expected) return string.Create(CultureInfo.InvariantCulture, $"thread {thread} left {found:x} instead of {expected:x}");
        }
        return null;
    }
}

/// <summary>bf16 products on the tensor cores, of numbers whose bits differ much.</summary>
sealed unsafe class ProductStorm : Storm
{
    /// <summary>Eight warps of two blocks keep an SM's tensor cores busy.</summary>
    const int Warps = 8, BlocksPerSm = 2;

    /// <summary>Whole numbers to this size are exact in bf16; sums keep 24 bits.</summary>
    const int Largest = 127, Bits = 24;

    readonly ProductOperands operands;
    readonly DeviceMemory sums;
    readonly ulong seed;

    public ProductStorm(StormGround ground, ulong seed)
        : base(ground, "gl_storm_bf16", new(BlocksPerSm * ground.Device.Sms, 32 * Warps))
    {
        this.seed = seed;
        var (a, b, product) = TensorChecks.Operands(ground.Own(new CudaRunner(ground.Session, KernelModules.Common)), TensorFormat.Bf16, seed, -Largest, Largest);
        operands = new(a, b, product, (double)TensorFormat.Bf16.Depth * Largest * Largest, Bits);
        sums = ground.Memory((long)Grid.Blocks * BlockBytes);
    }

    public override double WorkOfPortion => (double)Warps * StormReference.Portion * TensorFormat.Tiles * TensorFormat.Bf16.Operations;

    int BlockBytes => Warps * operands.Product.Length * sizeof(float);

    public override void Launch(uint nanoseconds, ulong work) => AtFull(nanoseconds, [operands.A, operands.B, sums.Start.Address], work);

    public override void Poison() => sums.Fill(0xDB, Ground.Stream);

    /// <summary>All warps of some blocks.</summary>
    public override string? Wrong(ReadOnlySpan<uint> portions)
    {
        var found = new float[Warps * operands.Product.Length];
        foreach (var block in Some(seed))
        {
            fixed (float* to = found) sums.CopyTo(to, BlockBytes, (long)block * BlockBytes, Ground.Stream);
            Ground.Stream.Synchronize();
            var rounds = portions[block] * StormReference.Portion;
            for (var i = 0; i < found.Length; i++)
            {
                var product = operands.Product[i % operands.Product.Length];
                if (!operands.Near(found[i], product, rounds)) return string.Create(CultureInfo.InvariantCulture, $"element {i} of block {block} is {found[i]} after {rounds} rounds of {product}");
            }
        }
        return null;
    }
}
