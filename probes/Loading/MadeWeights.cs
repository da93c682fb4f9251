using System.Globalization;
using GpuLab.Probes.Checkpoints;
using Microsoft.Win32.SafeHandles;

namespace GpuLab.Probes.Loading;

/// <summary>
/// Random weights that trials of one worker load, written once. The files have no names any more when they are used, so that they are gone with
/// the worker, however it ends; they are reached through its descriptors.
/// </summary>
static class MadeWeights
{
    const long TensorBytes = 16 << 20;

    static readonly Lock gate = new();
    static (long Bytes, string FileSystem) held;
    static List<SafeFileHandle> handles = [];

    /// <summary>Paths under which any process of this user can open them while this one lives.</summary>
    /// <param name="folder">Written to, and left empty.</param>
    /// <exception cref="IOException">There is no room, or the folder cannot be written.</exception>
    public static string[] Of(long bytes, ulong seed, string folder)
    {
        lock (gate)
        {
            var fileSystem = Host.FileSystems.Of(folder);
            if (held != (bytes, fileSystem))
            {
                foreach (var old in handles) old.Dispose();
                (held, handles) = (default, []);
                handles = Write(bytes, seed, Path.Combine(folder, $"weights-{Guid.NewGuid():N}"));
                held = (bytes, fileSystem);
            }
            return [.. handles.Select(h => string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{h.DangerousGetHandle()}"))];
        }
    }

    static List<SafeFileHandle> Write(long bytes, ulong seed, string folder)
    {
        CheckpointWriter.Write(folder, CheckpointFormat.Safetensors, Tensors(bytes), new RandomWeights(seed), new());
        try
        {
            using var written = Checkpoint.Open(folder);
            List<SafeFileHandle> opened = [.. written.Files.Select(f => File.OpenHandle(f.Path, share: FileShare.ReadWrite | FileShare.Delete))];
            // As written they lie in the page cache in pieces that depend on the writer's calls; read again, as any file does that was read.
            foreach (var file in opened) _ = Host.Libc.posix_fadvise((int)file.DangerousGetHandle(), 0, 0, Host.Libc.POSIX_FADV_DONTNEED);
            return opened;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static IReadOnlyList<TensorSpec> Tensors(long bytes) => [.. Enumerable.Range(0, (int)((bytes + TensorBytes - 1) / TensorBytes)).Select(i => new TensorSpec(
        string.Create(CultureInfo.InvariantCulture, $"weights.{i}"), TensorType.BF16, [Math.Max(1, Math.Min(TensorBytes, bytes - i * TensorBytes) / 2)]))];
}
