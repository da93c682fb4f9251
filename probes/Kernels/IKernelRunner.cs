namespace GpuLab.Probes.Kernels;

/// <summary>
/// Where kernels can be run one after another: a GPU through its driver, or the host build of the same sources. Each call returns when its
/// work is done.
/// </summary>
public interface IKernelRunner : IDisposable
{
    /// <summary>SMs that blocks are dealt out to.</summary>
    int Sms { get; }

    /// <summary>Address of new memory, 16-byte aligned, freed with the runner. What it holds is not said, and is not zeros.</summary>
    ulong Allocate(long bytes);

    /// <summary>Memory that this process and a running kernel both see. The address is one in this process; <paramref name="device"/> is the kernel's.</summary>
    nint AllocateMapped(long bytes, out ulong device);

    void Upload(ulong to, ReadOnlySpan<byte> from);

    void Download(ulong from, Span<byte> to);

    /// <summary>Runs a kernel and waits for its end.</summary>
    void Launch(string kernel, KernelShape shape, params ReadOnlySpan<KernelArgument> arguments);
}
