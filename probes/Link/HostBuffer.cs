using System.Runtime.InteropServices;
using GpuLab.Probes.Cuda;

namespace GpuLab.Probes.Link;

/// <summary>Memory of the host that is copied from or to: pinned by the driver, or as any program has it.</summary>
sealed unsafe class HostBuffer : IDisposable
{
    const nuint Page = 4096;

    readonly PinnedMemory? pinned;
    readonly void* pageable;

    public HostBuffer(CudaSession session, long bytes, bool pin)
    {
        Bytes = bytes;
        if (pin) pinned = new(session.Context, bytes);
        else pageable = NativeMemory.AlignedAlloc((nuint)bytes, Page);
        // Touched, so that no page is made while a copy is timed.
        Poison();
    }

    public long Bytes { get; }

    public byte* Start => (byte*)(pinned is null ? pageable : pinned.Start);

    /// <summary>Where the device finds what is pinned.</summary>
    public CUdeviceptr OnDevice => pinned!.OnDevice;

    public void Poison() => NativeMemory.Fill(Start, (nuint)Bytes, 0xDB);

    public void Dispose()
    {
        pinned?.Dispose();
        NativeMemory.AlignedFree(pageable);
    }
}
