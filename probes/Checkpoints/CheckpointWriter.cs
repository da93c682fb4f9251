using GpuLab.Model;
using GpuLab.Results;
using Microsoft.Win32.SafeHandles;

namespace GpuLab.Probes.Checkpoints;

/// <summary>How a checkpoint is cut into files, and what lies beside the tensors.</summary>
public sealed record WriteOptions
{
    /// <summary>A safetensors file gets no tensor that would make its data longer than this.</summary>
    public long ShardBytes { get; init; } = 5_000_000_000;

    /// <summary>For safetensors headers.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string> { ["format"] = "pt" };

    /// <summary>Further files of the folder by name, such as <c>config.json</c>.</summary>
    public IReadOnlyDictionary<string, byte[]> Beside { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>Of sllm-store; smaller only in tests.</summary>
    internal long Partition { get; init; } = SllmIndex.Partition;
}

/// <summary>
/// Writes a checkpoint into a folder that appears under its name only when all of it is on the disk. Until then it is called
/// <c>NAME.partial</c>; what an interrupted write left there goes when the same name is written again.
/// </summary>
public sealed class CheckpointWriter
{
    const int Piece = 4 << 20;

    /// <summary>Left free on the disk.</summary>
    const long Reserve = 64 << 20;

    readonly string folder, partial;
    readonly CheckpointLayout layout;
    readonly WriteOptions options;
    long written;

    CheckpointWriter(string folder, CheckpointLayout layout, WriteOptions options)
    {
        this.folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        partial = this.folder + ".partial";
        (this.layout, this.options) = (layout, options);
    }

    /// <param name="progress">Told the bytes written so far, from any thread.</param>
    /// <exception cref="CheckpointException">The folder exists, or a tensor cannot be read or stored in this format.</exception>
    /// <exception cref="IOException">The folder cannot be written, or there is no room for it; nothing is left.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is left.</exception>
    public static void Write(string folder, CheckpointFormat format, IReadOnlyList<TensorSpec> tensors, ITensorSource source, WriteOptions options, Action<long, long>? progress = null, CancellationToken cancel = default) =>
        new CheckpointWriter(folder, CheckpointLayout.Of(format, tensors, options), options).Write(source, progress, cancel);

    void Write(ITensorSource source, Action<long, long>? progress, CancellationToken cancel)
    {
        if (Path.Exists(folder)) throw new CheckpointException($"'{folder}' exists already, and nothing is overwritten");
        try
        {
            Directory.CreateDirectory(partial);
            using (Alone())
            {
                try
                {
                    foreach (var rest in Directory.EnumerateFiles(partial).Where(f => f != LockPath)) File.Delete(rest);
                    CheckRoom();
                    WriteFiles(source, progress, cancel);
                    if (layout.Index is { } index) WriteWhole(index.Name, index.Content);
                    foreach (var (name, content) in options.Beside) WriteWhole(name, content);
                    File.Delete(LockPath);
                    DurableFile.SyncFolder(partial);
                    Directory.Move(partial, folder);
                }
                catch
                {
                    Directory.Delete(partial, recursive: true);
                    throw;
                }
            }
            DurableFile.SyncFolder(Path.GetDirectoryName(folder)!);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException and not CheckpointException)
        {
            throw new IOException($"'{folder}' cannot be written: {e.Message}", e);
        }
    }

    string LockPath => Path.Combine(partial, ".lock");

    FileStream Alone()
    {
        try
        {
            return new(LockPath, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        }
        catch (IOException e) when (File.Exists(LockPath))
        {
            throw new IOException($"another process writes there: {e.Message}", e);
        }
    }

    void CheckRoom()
    {
        var needed = layout.Bytes + options.Beside.Values.Sum(c => (long)c.Length);
        var free = new DriveInfo(partial).AvailableFreeSpace;
        if (free < needed + Reserve) throw new IOException($"it needs {Pretty.Bytes(needed)}, and the disk has {Pretty.Bytes(free)} free. Nothing was written.");
    }

    void WriteFiles(ITensorSource source, Action<long, long>? progress, CancellationToken cancel)
    {
        var handles = new List<SafeFileHandle>();
        try
        {
            foreach (var file in layout.Files)
            {
                // Room is taken before anything is written, so that a disk that fills up says so at once.
                handles.Add(File.OpenHandle(Path.Combine(partial, file.Name), FileMode.CreateNew, FileAccess.Write, preallocationSize: file.Length));
                RandomAccess.SetLength(handles[^1], file.Length);
                RandomAccess.Write(handles[^1], file.Start, 0);
            }
            var total = layout.Tensors.Sum(t => t.Bytes);
            var loop = new ParallelOptions { CancellationToken = cancel, MaxDegreeOfParallelism = Environment.ProcessorCount };
            Parallel.ForEach(Pieces(), loop, () => new byte[Piece], (piece, _, buffer) =>
            {
                var bytes = buffer.AsSpan(0, (int)Math.Min(Piece, piece.Tensor.Bytes - piece.Offset));
                source.Read(piece.Tensor, piece.Offset, bytes);
                RandomAccess.Write(handles[piece.Tensor.File], bytes, piece.Tensor.Offset + piece.Offset);
                progress?.Invoke(Interlocked.Add(ref written, bytes.Length), total);
                return buffer;
            }, _ => { });
            foreach (var handle in handles) RandomAccess.FlushToDisk(handle);
        }
        catch (AggregateException several)
        {
            throw several.InnerExceptions.FirstOrDefault(e => e is IOException or UnauthorizedAccessException) ?? several.InnerExceptions[0];
        }
        finally
        {
            foreach (var handle in handles) handle.Dispose();
        }
    }

    IEnumerable<(TensorEntry Tensor, long Offset)> Pieces()
    {
        foreach (var tensor in layout.Tensors)
        {
            for (long at = 0; at < tensor.Bytes; at += Piece) yield return (tensor, at);
        }
    }

    void WriteWhole(string name, byte[] content)
    {
        using var file = File.OpenHandle(Path.Combine(partial, name), FileMode.CreateNew, FileAccess.Write);
        RandomAccess.Write(file, content, 0);
        RandomAccess.FlushToDisk(file);
    }
}
