using System.Runtime.InteropServices;

namespace GpuLab.Running;

/// <summary>
/// Sleeping until a word in memory that processes share changes (futex(2)): a wait costs no processor time and ends within microseconds of the change.
/// A sleeper may wake for no reason; it looks again.
/// </summary>
static unsafe partial class Futex
{
    const int Wait = 0, Wake = 1;

    static readonly nint number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 98 : 202;

    /// <summary>Sleeps while the word is what it was, for so many nanoseconds at most.</summary>
    public static void Await(int* word, int was, long nanoseconds)
    {
        var limit = new Posix.Timespec { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
        _ = syscall(number, word, Wait, was, &limit, null, 0);
    }

    /// <summary>Changes the word and wakes all who sleep on it.</summary>
    public static void Ring(int* word)
    {
        Interlocked.Increment(ref *word);
        _ = syscall(number, word, Wake, int.MaxValue, null, null, 0);
    }

    [LibraryImport("libc")]
    private static partial nint syscall(nint number, int* word, nint operation, nint value, Posix.Timespec* timeout, int* second, nint third);
}
