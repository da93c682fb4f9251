using System.Runtime.InteropServices;

namespace GpuLab.Tests.Results;

/// <summary>Ways to make a file system refuse that work on real descriptors.</summary>
static partial class Kernel
{
    const ulong ReadOnlyFlag = 1, Remount = 32;
    const int Detach = 2, WriteOnly = 1, CloseOnExec = 0x80000;

    /// <summary>Turns every descriptor this process has open on a file into one of <c>/dev/full</c>, where each write finds the disk full.</summary>
    public static int FillUp(string path)
    {
        var full = open("/dev/full", WriteOnly | CloseOnExec);
        Assert.True(full >= 0, "/dev/full cannot be opened");
        var turned = 0;
        foreach (var descriptor in Directory.GetFiles("/proc/self/fd"))
        {
            if (Target(descriptor) != path) continue;
            Assert.True(dup2(full, int.Parse(Path.GetFileName(descriptor), System.Globalization.CultureInfo.InvariantCulture)) >= 0);
            turned++;
        }
        _ = close(full);
        return turned;
    }

    static string? Target(string descriptor)
    {
        try
        {
            return File.ResolveLinkTarget(descriptor, false)?.FullName;
        }
        catch (IOException)
        {
            return null; // another test closed it meanwhile
        }
    }

    /// <summary>A file system of so many KiB on an empty folder; where mounting is not allowed, the reason.</summary>
    public static string? Mount(string path, int kibibytes)
    {
        Directory.CreateDirectory(path);
        return mount("tmpfs", path, "tmpfs", 0, $"size={kibibytes}k") == 0 ? null : Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
    }

    public static void MakeReadOnly(string path) => Assert.Equal(0, mount("tmpfs", path, "tmpfs", Remount | ReadOnlyFlag, ""));

    public static void Unmount(string path) => _ = umount2(path, Detach);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int mount(string source, string target, string type, ulong flags, string data);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc")]
    private static partial int dup2(int from, int to);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
