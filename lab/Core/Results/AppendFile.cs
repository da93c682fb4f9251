using Microsoft.Win32.SafeHandles;

namespace GpuLab.Results;

/// <summary>
/// A file that only grows at its known end. A write that fails leaves nothing behind: what it wrote is cut off again,
/// and where even that fails the next write goes over it.
/// </summary>
sealed class AppendFile : Stream
{
    readonly SafeFileHandle handle;
    long length;
    bool dirty;

    public AppendFile(string path)
    {
        Path = path;
        handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        length = RandomAccess.GetLength(handle);
    }

    public string Path { get; }

    /// <summary>While set, writes vanish: how a writer with a buffer of rows that are no longer wanted is closed.</summary>
    public bool Discarding { get; set; }

    public override long Length => length;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Discarding || buffer.IsEmpty) return;
        dirty = true;
        try
        {
            RandomAccess.Write(handle, buffer, length);
        }
        catch (IOException)
        {
            TryCut();
            throw;
        }
        catch (ArgumentException e)
        {
            // How .NET reports EFBIG: beyond the limit of the process or of the file system.
            TryCut();
            throw new IOException(e.Message, RunFolderException.FileTooBig);
        }
        length += buffer.Length;
    }

    public override void SetLength(long value)
    {
        if (RandomAccess.GetLength(handle) != value)
        {
            RandomAccess.SetLength(handle, value);
            dirty = true;
        }
        length = value;
    }

    /// <summary>Waits until everything is on the disk; free when nothing changed since the last time.</summary>
    public void Sync()
    {
        if (!dirty) return;
        RandomAccess.FlushToDisk(handle);
        dirty = false;
    }

    void TryCut()
    {
        try
        {
            RandomAccess.SetLength(handle, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            // The failed write is the error to report; resuming cuts by the recorded lengths anyway.
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() { }

    protected override void Dispose(bool disposing)
    {
        if (disposing) handle.Dispose();
        base.Dispose(disposing);
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Position { get => length; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
}
