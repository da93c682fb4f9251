using System.Runtime.InteropServices;

namespace GpuLab.Probes.Kernels;

/// <summary>Arrays of values instead of bytes.</summary>
static class KernelRunners
{
    public static ulong Allocate<T>(this IKernelRunner on, ReadOnlySpan<T> values) where T : unmanaged
    {
        var address = on.Allocate(MemoryMarshal.AsBytes(values).Length);
        on.Upload(address, MemoryMarshal.AsBytes(values));
        return address;
    }

    public static T[] Download<T>(this IKernelRunner on, ulong from, long count) where T : unmanaged
    {
        var values = new T[count];
        on.Download(from, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
