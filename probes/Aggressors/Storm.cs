using GpuLab.Probes.Cuda;
using GpuLab.Probes.Kernels;
using GpuLab.Probes.Memory;
using GpuLab.Running;

namespace GpuLab.Probes.Aggressors;

/// <summary>A kernel of storms.cu with its memory, launched at full load for some time. Rests between launches are what makes it less.</summary>
abstract class Storm(StormGround ground, string kernel, GpuGrid grid)
{
    /// <summary>Nanoseconds on and of the period: always on.</summary>
    const uint Always = 1000;

    public CudaKernel Kernel { get; } = ground.Session.Kernels[kernel];

    public GpuGrid Grid => grid;

    /// <summary>Bytes, FLOP … that a block counts for a portion.</summary>
    public abstract double WorkOfPortion { get; }

    public virtual Ceiling? Ceiling => null;

    /// <summary>What samples carry when they are right.</summary>
    public virtual SampleFlags Flags => SampleFlags.None;

    protected StormGround Ground => ground;

    protected int Threads => grid.Blocks * grid.Threads;

    /// <summary>Queues one launch. No managed allocation.</summary>
    /// <param name="work">Address of a word for each block: the portions it did.</param>
    public abstract void Launch(uint nanoseconds, ulong work);

    /// <summary>Writes over what the kernel is to leave behind.</summary>
    public abstract void Poison();

    /// <summary>Whether a launch of that work left nothing as it was poisoned.</summary>
    public virtual bool Covers(ReadOnlySpan<uint> portions) => true;

    /// <summary>What is wrong with what the last launch left behind, by the portions of its blocks; null when right. The stream is idle.</summary>
    public abstract string? Wrong(ReadOnlySpan<uint> portions);

    public virtual void Describe(Dictionary<string, string> facts)
    {
    }

    /// <summary>Queues a launch with its dial always on, between the arguments that the kernel has before and after it.</summary>
    protected void AtFull(uint nanoseconds, ReadOnlySpan<KernelArgument> before, params ReadOnlySpan<KernelArgument> after)
    {
        Span<KernelArgument> all = stackalloc KernelArgument[before.Length + 4 + after.Length];
        before.CopyTo(all);
        all[before.Length] = nanoseconds;
        all[before.Length + 1] = all[before.Length + 2] = Always;
        all[before.Length + 3] = 0u;
        after.CopyTo(all[(before.Length + 4)..]);
        Kernel.Launch(ground.Stream, grid.Blocks, grid.Threads, 0, all);
    }

    /// <summary>The first block, the last, and one of all others.</summary>
    protected int[] Some(ulong seed) => [0, grid.Blocks - 1, (int)(seed % (ulong)grid.Blocks)];
}
