using System.Runtime.InteropServices;

namespace GpuLab.Results;

/// <summary>Files that are either the old or the new one, whatever happens in between.</summary>
public static partial class DurableFile
{
    const int ReadOnly = 0, Directory = 0x10000, CloseOnExec = 0x80000;

    /// <summary>Writes beside the file, to the disk, and renames.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".tmp";
        try
        {
            using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                RandomAccess.Write(file, content, 0);
                RandomAccess.FlushToDisk(file);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
        SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Puts the names in a folder on the disk. Best effort: some file systems cannot, and then rename is all there is.</summary>
    public static void SyncFolder(string path)
    {
        var descriptor = open(path, ReadOnly | Directory | CloseOnExec);
        if (descriptor < 0) return;
        _ = fsync(descriptor);
        _ = close(descriptor);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc")]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
