using System.Runtime.InteropServices;

namespace GpuLab.Probes.Host;

/// <summary>The calls of the C library that the host probes make, under their own names.</summary>
static unsafe partial class Libc
{
    public const int PROT_READ = 1, PROT_WRITE = 2, MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_ANONYMOUS = 0x20, MADV_HUGEPAGE = 14;
    public const int O_RDONLY = 0, O_DIRECT = 0x4000, O_CLOEXEC = 0x80000, POSIX_FADV_DONTNEED = 4;
    public const long SYS_futex = 202;
    public const int FUTEX_WAIT_PRIVATE = 128, FUTEX_WAKE_PRIVATE = 129;

    [LibraryImport("libc", SetLastError = true)]
    public static partial void* mmap(void* address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int munmap(void* address, nuint length);

    /// <summary>Locked memory goes with its mapping.</summary>
    [LibraryImport("libc", SetLastError = true)]
    public static partial int mlock(void* address, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int madvise(void* address, nuint length, int advice);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int mincore(void* address, nuint length, byte* resident);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint pread(int descriptor, void* buffer, nuint length, long offset);

    [LibraryImport("libc", SetLastError = true)]
    public static partial long lseek(int descriptor, long offset, int from);

    /// <summary>The argument is a number in all uses here, so the variadic call passes it in a register as declared.</summary>
    [LibraryImport("libc", SetLastError = true)]
    public static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int posix_fadvise(int descriptor, long offset, long length, int advice);

    /// <summary>futex has no wrapper. Its arguments are all integers or pointers, so the variadic call passes them in registers as declared here.</summary>
    [LibraryImport("libc", SetLastError = true)]
    public static partial long syscall(long number, int* word, int operation, int value, void* timeout, void* other, int last);

    /// <summary>Sleeps while <paramref name="word"/> is <paramref name="value"/>.</summary>
    public static void FutexWait(int* word, int value) => syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, null, null, 0);

    public static void FutexWake(int* word, int sleepers) => syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, sleepers, null, null, 0);
}
