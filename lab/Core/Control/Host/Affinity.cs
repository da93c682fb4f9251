using System.Runtime.InteropServices;

namespace GpuLab.Control.Host;

/// <summary>Which logical processors a thread may run on (sched_getaffinity, sched_setaffinity).</summary>
public static unsafe partial class Affinity
{
    /// <summary>Bytes of a mask: room for 8192 processors.</summary>
    const int MaskBytes = 1024;

    /// <summary>The processors allowed to the calling thread, ascending.</summary>
    public static IReadOnlyList<int> Current()
    {
        var mask = stackalloc byte[MaskBytes];
        var written = sched_getaffinity(0, MaskBytes, mask);
        if (written < 0) throw new InvalidOperationException($"sched_getaffinity failed with error {Marshal.GetLastPInvokeError()}.");
        var cpus = new List<int>();
        for (var cpu = 0; cpu < MaskBytes * 8; cpu++)
        {
            if ((mask[cpu >> 3] & 1 << (cpu & 7)) != 0) cpus.Add(cpu);
        }
        return cpus;
    }

    /// <summary>Moves the calling thread to the given processors and keeps it there.</summary>
    /// <exception cref="InvalidOperationException">None of them exists or may be used by this process.</exception>
    public static void Pin(params ReadOnlySpan<int> cpus)
    {
        var mask = stackalloc byte[MaskBytes];
        new Span<byte>(mask, MaskBytes).Clear();
        foreach (var cpu in cpus)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(cpu);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(cpu, MaskBytes * 8);
            mask[cpu >> 3] |= (byte)(1 << (cpu & 7));
        }
        if (sched_setaffinity(0, MaskBytes, mask) != 0)
            throw new InvalidOperationException($"This thread cannot run on processor {string.Join(',', cpus.ToArray())}: it is offline or outside the process's cpuset (error {Marshal.GetLastPInvokeError()}).");
    }

    /// <summary>The glibc wrapper hides how much the kernel wrote and returns 0; what it left untouched it has zeroed.</summary>
    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_getaffinity(int pid, nuint length, byte* mask);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_setaffinity(int pid, nuint length, byte* mask);
}
