using GpuLab.Probes.Host;

namespace GpuLab.Probes.Loading;

/// <summary>
/// Files mapped while nobody can cut them: a read lease (fcntl) makes the kernel hold back whoever opens one for writing or truncates it. Without
/// one, a file that becomes shorter would end this process at the next byte that is gone. Does not allocate once it is made.
/// </summary>
/// <param name="descriptors">Of the files, in their order, open for reading only.</param>
sealed unsafe class HeldFiles(LoadFiles files, int[] descriptors) : IDisposable
{
    const int SetLease = 1024, GetLease = 1025, SetSignal = 10, ReadLock = 0, Unlock = 2;

    /// <summary>Sent when somebody waits for a lease. Ignored by default, where the usual SIGIO would end the process.</summary>
    const int Urgent = 23;

    const int ToEnd = 2;

    readonly nint[] maps = new nint[descriptors.Length];
    int held, mapped;

    /// <summary>Takes leases and maps.</summary>
    /// <returns>False where a file has another length than it had, is open for writing, belongs to somebody else, or lies where there are no leases.</returns>
    public bool TryHold()
    {
        while (held < descriptors.Length && Libc.fcntl(descriptors[held], SetSignal, Urgent) == 0 && Libc.fcntl(descriptors[held], SetLease, ReadLock) == 0) held++;
        if (held == descriptors.Length)
        {
            while (mapped < held && Libc.lseek(descriptors[mapped], 0, ToEnd) == files.LengthOf(mapped) && Map(mapped) is var map and not -1) maps[mapped++] = map;
            if (mapped == held) return true;
        }
        Release();
        return false;
    }

    /// <summary>
    /// A stretch that may be read now; null where somebody waits for its file. Whoever waits is held back for 45 s (/proc/sys/fs/lease-break-time), which is
    /// time to finish a stretch.
    /// </summary>
    public byte* At(in LoadChunk stretch) => Libc.fcntl(descriptors[stretch.File], GetLease, 0) == ReadLock ? (byte*)maps[stretch.File] + stretch.Offset : null;

    /// <summary>Gives everything up; may be held again.</summary>
    public void Release()
    {
        while (mapped > 0) _ = Libc.munmap((void*)maps[--mapped], (nuint)files.LengthOf(mapped));
        while (held > 0) _ = Libc.fcntl(descriptors[--held], SetLease, Unlock);
    }

    public void Dispose() => Release();

    nint Map(int file) => (nint)Libc.mmap(null, (nuint)files.LengthOf(file), Libc.PROT_READ, Libc.MAP_SHARED, descriptors[file], 0);
}
