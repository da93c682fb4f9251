namespace GpuLab.Running;

/// <summary>
/// An anonymous file that processes of one user map into their memory. It vanishes with the last of them, so a kill -9 leaves nothing behind.
/// </summary>
sealed unsafe class SharedMemory : IDisposable
{
    readonly int fd;
    readonly List<(nint Start, nuint Length)> mapped = [];

    SharedMemory(int fd) => this.fd = fd;

    /// <summary>Where another process of the same user opens it, as long as this one has it open.</summary>
    public string Path => $"/proc/{Environment.ProcessId}/fd/{fd}";

    public static SharedMemory Create()
    {
        var fd = Posix.memfd_create("gpulab", Posix.MFD_CLOEXEC);
        return fd >= 0 ? new(fd) : throw new InvalidOperationException($"memfd_create: {Posix.LastError}");
    }

    public static SharedMemory Open(string path)
    {
        var fd = Posix.open(path, Posix.O_RDWR | Posix.O_CLOEXEC, 0);
        return fd >= 0 ? new(fd) : throw new InvalidOperationException($"{path}: {Posix.LastError}");
    }

    /// <summary>Maps a part; where the file is too short for it, it grows, with zeros.</summary>
    /// <param name="offset">A whole number of pages.</param>
    /// <exception cref="InvalidOperationException">There is not enough memory.</exception>
    public byte* Map(long offset, long length)
    {
        if (Posix.lseek(fd, 0, Posix.SEEK_END) < offset + length && Posix.ftruncate(fd, offset + length) != 0) throw new InvalidOperationException($"{length} bytes of shared memory: {Posix.LastError}");
        var start = (nint)Posix.mmap(null, (nuint)length, Posix.PROT_READ_WRITE, Posix.MAP_SHARED, fd, (nint)offset);
        if (start == -1) throw new InvalidOperationException($"{length} bytes of shared memory: {Posix.LastError}");
        mapped.Add((start, (nuint)length));
        return (byte*)start;
    }

    public void Dispose()
    {
        foreach (var (start, length) in mapped) _ = Posix.munmap((void*)start, length);
        mapped.Clear();
        _ = Posix.close(fd);
    }
}
