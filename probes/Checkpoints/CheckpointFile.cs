using Microsoft.Win32.SafeHandles;

namespace GpuLab.Probes.Checkpoints;

/// <summary>One file of tensor data, open for reading at positions: a file that shrinks gives an error, where a mapping would give a signal.</summary>
public sealed class CheckpointFile : IDisposable
{
    readonly SafeFileHandle handle;

    /// <exception cref="CheckpointException">It cannot be opened.</exception>
    internal CheckpointFile(string path)
    {
        Path = path;
        try
        {
            // Not as a file of random access: then the kernel reads nothing ahead and keeps the file in its smallest pages, from which it copies
            // at less than half the rate.
            handle = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            Length = RandomAccess.GetLength(handle);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            handle?.Dispose();
            throw new CheckpointException($"'{path}' cannot be read: {e.Message}", e);
        }
    }

    public string Path { get; }

    /// <summary>Bytes, when it was opened.</summary>
    public long Length { get; }

    /// <summary>Offset of the first byte that belongs to a tensor.</summary>
    public long DataStart { get; internal set; }

    /// <summary>Fills the span from a position.</summary>
    /// <exception cref="CheckpointException">It ends before: it has become shorter.</exception>
    public void Read(long offset, Span<byte> into)
    {
        while (into.Length > 0)
        {
            int got;
            try
            {
                got = RandomAccess.Read(handle, into, offset);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new CheckpointException($"'{Path}' cannot be read: {e.Message}", e);
            }
            if (got == 0) throw new CheckpointException($"'{Path}' became shorter while it was read: {Model.Units.BytesText(Length)} when it was opened, and nothing at byte {offset}");
            into = into[got..];
            offset += got;
        }
    }

    public void Dispose() => handle.Dispose();
}
