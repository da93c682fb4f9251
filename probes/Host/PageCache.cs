using System.Runtime.InteropServices;

namespace GpuLab.Probes.Host;

/// <summary>A file and what of it the kernel keeps in memory, seen through a mapping (mincore).</summary>
sealed unsafe class PageCache : IDisposable
{
    const long Page = 4096;

    readonly void* map;
    readonly long length;
    readonly byte* resident;

    /// <exception cref="IOException">The file cannot be opened or mapped.</exception>
    public PageCache(string path, long length)
    {
        this.length = length;
        Descriptor = Libc.open(path, Libc.O_RDONLY | Libc.O_CLOEXEC);
        if (Descriptor < 0) throw new IOException($"'{path}' cannot be opened (error {Marshal.GetLastPInvokeError()}).");
        map = Libc.mmap(null, (nuint)length, Libc.PROT_READ, Libc.MAP_SHARED, Descriptor, 0);
        if ((nint)map == -1)
        {
            var error = Marshal.GetLastPInvokeError();
            _ = Libc.close(Descriptor);
            throw new IOException($"'{path}' cannot be mapped (error {error}).");
        }
        Pages = (length + Page - 1) / Page;
        resident = (byte*)NativeMemory.Alloc((nuint)Pages);
    }

    public int Descriptor { get; }

    public long Pages { get; }

    /// <summary>Pages in memory now. Does not allocate.</summary>
    public long Resident() => Resident(0, Pages);

    /// <summary>Pages of a part of the file that are in memory now; -1 where the kernel does not say.</summary>
    public long Resident(long first, long pages)
    {
        if (pages == 0) return 0;
        if (Libc.mincore((byte*)map + first * Page, (nuint)(Math.Min(length, (first + pages) * Page) - first * Page), resident) != 0) return -1;
        long count = 0;
        for (long i = 0; i < pages; i++) count += resident[i] & 1;
        return count;
    }

    /// <summary>Asks the kernel to forget the file; written pages must have been synchronised.</summary>
    public void Drop() => _ = Libc.posix_fadvise(Descriptor, 0, 0, Libc.POSIX_FADV_DONTNEED);

    public void Dispose()
    {
        _ = Libc.munmap(map, (nuint)length);
        _ = Libc.close(Descriptor);
        NativeMemory.Free(resident);
    }
}
