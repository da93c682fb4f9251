using System.Runtime.InteropServices;

namespace GpuLab.Running;

/// <summary>The calls of libc that the harness needs and .NET does not offer. Names and types as in their man pages.</summary>
static unsafe partial class Posix
{
    public const int SIGKILL = 9, SIGTERM = 15;
    public const int PROT_READ_WRITE = 3, MAP_SHARED = 1;
    public const int CLOCK_MONOTONIC = 1, TIMER_ABSTIME = 1;
    public const int PR_SET_TIMERSLACK = 29;
    public const int O_RDWR = 2, O_CLOEXEC = 0x80000;
    public const uint MFD_CLOEXEC = 1;
    public const int F_DUPFD_CLOEXEC = 1030;
    public const int SEEK_END = 2;

    [StructLayout(LayoutKind.Sequential)]
    public struct Timespec
    {
        public long Seconds, Nanoseconds;
    }

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setsid();

    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fcntl(int fd, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int dup2(int from, int to);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int memfd_create(string name, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int ftruncate(int fd, long length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial long lseek(int fd, long offset, int whence);

    [LibraryImport("libc", SetLastError = true)]
    public static partial void* mmap(void* at, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int munmap(void* at, nuint length);

    [LibraryImport("libc")]
    public static partial int clock_nanosleep(int clock, int flags, Timespec* until, Timespec* remaining);

    /// <summary>The error of the last call, for an exception's message.</summary>
    public static string LastError => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
}
