using System.Runtime.InteropServices;
using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Host;
using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>Memory aligned to pages, touched, and locked: for a device by its driver, else where this process may lock memory.</summary>
sealed unsafe class PinnedMemory : IDisposable
{
    readonly nuint length;
    readonly PinnedBlock? registered;

    /// <param name="device">Whose copies begin here; null where only processors copy.</param>
    /// <exception cref="ProbeSkippedException">There is not so much memory, or it cannot be pinned for the device.</exception>
    public PinnedMemory(long bytes, CudaContext? device = null)
    {
        length = (nuint)bytes;
        Start = (byte*)Libc.mmap(null, length, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);
        if ((nint)Start == -1) throw new ProbeSkippedException($"{Pretty.Bytes(bytes)} of memory could not be mapped (error {Marshal.GetLastPInvokeError()})");
        _ = Libc.madvise(Start, length, Libc.MADV_HUGEPAGE);
        var refused = device is null && Libc.mlock(Start, length) != 0;
        Locked = refused ? $"no: mlock gave error {Marshal.GetLastPInvokeError()}; raise 'ulimit -l'" : device is null ? "yes" : "yes, by the driver";
        // What is not locked here is at least there.
        if (refused || device is not null) for (nuint at = 0; at < length; at += LoadFiles.Page) Start[at] = 0;
        if (device is null) return;
        try
        {
            registered = new(device, Start, bytes);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public byte* Start { get; }

    /// <summary><c>yes</c>, or why not.</summary>
    public string Locked { get; }

    public void Dispose()
    {
        registered?.Dispose();
        _ = Libc.munmap(Start, length);
    }
}
