using System.Runtime.InteropServices;
using System.Text;

namespace GpuLab.Probes.Commands;

/// <summary>The calls of the C library that starting and ending a session takes, under their own names.</summary>
sealed unsafe partial class ChildSession
{
    const int CloseOnExec = 0x80000, NoHang = 1, Terminate = 15;
    const short PollIn = 1;

    /// <summary>POSIX_SPAWN_SETSIGDEF, _SETSIGMASK and _SETSID of glibc.</summary>
    const short Flags = 0x04 | 0x08 | 0x80;

    /// <summary>More than posix_spawn_file_actions_t, posix_spawnattr_t and sigset_t have with any glibc on x86-64 (80, 336 and 128 bytes).</summary>
    const int OpaqueBytes = 512;

    /// <summary>Starts a program that leads a session, has no signal ignored or blocked, reads nothing and writes to a pipe.</summary>
    /// <returns>0, or the number of the error.</returns>
    static int Spawn(string[] arguments, string[] environment, int output, out int pid)
    {
        byte* actions = stackalloc byte[OpaqueBytes], attributes = stackalloc byte[OpaqueBytes], all = stackalloc byte[OpaqueBytes], none = stackalloc byte[OpaqueBytes];
        new Span<byte>(all, OpaqueBytes).Fill(0xFF);
        new Span<byte>(none, OpaqueBytes).Clear();
        _ = posix_spawn_file_actions_init(actions);
        _ = posix_spawnattr_init(attributes);
        var (argv, envp) = (Strings(arguments), Strings(environment));
        try
        {
            _ = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", 0, 0);
            _ = posix_spawn_file_actions_adddup2(actions, output, 1);
            _ = posix_spawn_file_actions_adddup2(actions, output, 2);
            _ = posix_spawnattr_setsigdefault(attributes, all);
            _ = posix_spawnattr_setsigmask(attributes, none);
            _ = posix_spawnattr_setflags(attributes, Flags);
            return posix_spawn(out pid, arguments[0], actions, attributes, (byte**)argv, (byte**)envp);
        }
        finally
        {
            _ = posix_spawn_file_actions_destroy(actions);
            _ = posix_spawnattr_destroy(attributes);
            NativeMemory.Free((void*)argv);
            NativeMemory.Free((void*)envp);
        }
    }

    /// <summary>Pointers, a null, and the texts behind them, in one piece of memory.</summary>
    static nint Strings(string[] texts)
    {
        var bytes = texts.Select(t => Encoding.UTF8.GetBytes(t + '\0')).ToArray();
        var head = (texts.Length + 1) * sizeof(byte*);
        var memory = (byte*)NativeMemory.Alloc((nuint)(head + bytes.Sum(b => b.Length)));
        var at = memory + head;
        for (var i = 0; i < bytes.Length; i++)
        {
            ((byte**)memory)[i] = at;
            bytes[i].CopyTo(new Span<byte>(at, bytes[i].Length));
            at += bytes[i].Length;
        }
        ((byte**)memory)[bytes.Length] = null;
        return (nint)memory;
    }

    [StructLayout(LayoutKind.Sequential)]
    struct PollFd
    {
        public int Descriptor;
        public short Events, Returned;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    [LibraryImport("libc")]
    private static partial nint read(int descriptor, byte* into, nuint length);

    [LibraryImport("libc")]
    private static partial int poll(PollFd* descriptors, ulong count, int milliseconds);

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc")]
    private static partial int waitpid(int pid, int* status, int options);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn(out int pid, string path, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addopen(void* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(void* actions, int from, int to);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(void* attributes, void* signals);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigmask(void* attributes, void* signals);
}
