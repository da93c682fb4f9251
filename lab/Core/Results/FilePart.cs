using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace GpuLab.Results;

/// <summary>The bytes of a file from one place to another, of which all must be there.</summary>
sealed class FilePart(string path, long start, long end) : Stream
{
    readonly SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
    long position = start;

    public override int Read(Span<byte> buffer)
    {
        var wanted = (int)Math.Min(buffer.Length, end - position);
        if (wanted == 0) return 0;
        var read = RandomAccess.Read(handle, buffer[..wanted], position);
        if (read == 0)
            throw new RunFolderException(string.Create(CultureInfo.InvariantCulture,
                $"'{path}' ends at byte {position}, but {RunFiles.Events} says that {end} were saved: it was cut or replaced. Restore it from a copy, or run the sweep again."));
        position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    protected override void Dispose(bool disposing)
    {
        if (disposing) handle.Dispose();
        base.Dispose(disposing);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => position; set => throw new NotSupportedException(); }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
