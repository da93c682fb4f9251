using System.Runtime.InteropServices;
using GpuLab.Model;
using GpuLab.Probes.Host;
using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>Memory aligned to pages, touched, and locked where this process may lock memory.</summary>
sealed unsafe class PinnedMemory : IDisposable
{
    readonly nuint length;

    /// <exception cref="ProbeSkippedException">There is not so much memory.</exception>
    public PinnedMemory(long bytes)
    {
        length = (nuint)bytes;
        Start = (byte*)Libc.mmap(null, length, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);
        if ((nint)Start == -1) throw new ProbeSkippedException($"{Pretty.Bytes(bytes)} of memory could not be mapped (error {Marshal.GetLastPInvokeError()})");
        _ = Libc.madvise(Start, length, Libc.MADV_HUGEPAGE);
        var refused = Libc.mlock(Start, length) != 0;
        Locked = refused ? $"no: mlock gave error {Marshal.GetLastPInvokeError()}; raise 'ulimit -l'" : "yes";
        // What could not be locked is at least there.
        if (refused) for (nuint at = 0; at < length; at += LoadFiles.Page) Start[at] = 0;
    }

    public byte* Start { get; }

    /// <summary><c>yes</c>, or why not.</summary>
    public string Locked { get; }

    public void Dispose() => _ = Libc.munmap(Start, length);
}
