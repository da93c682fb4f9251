using System.Diagnostics.CodeAnalysis;
using GpuLab.Model;

namespace GpuLab.Probes.Checkpoints;

/// <summary>How weights lie on disk.</summary>
public enum CheckpointFormat { Safetensors, Sllm }

/// <summary>
/// A model's weights on disk, safetensors (one file, or shards with an index) or sllm-store: opened, its headers checked, nothing read yet.
/// Reading is positional and may be done by several threads at once.
/// </summary>
public sealed class Checkpoint : IDisposable
{
    readonly Dictionary<string, TensorEntry> byName;

    internal Checkpoint(string path, CheckpointFormat format, IReadOnlyList<CheckpointFile> files, Dictionary<string, TensorEntry> byName, IReadOnlyDictionary<string, string> metadata)
    {
        (Path, Format, Files, this.byName, Metadata) = (path, format, files, byName, metadata);
        Tensors = [.. byName.Values.OrderBy(t => t.File).ThenBy(t => t.Offset)];
    }

    /// <summary>The folder or file that was opened.</summary>
    public string Path { get; }

    public CheckpointFormat Format { get; }

    public IReadOnlyList<CheckpointFile> Files { get; }

    /// <summary>In the order in which they lie on disk.</summary>
    public IReadOnlyList<TensorEntry> Tensors { get; }

    /// <summary>What a safetensors header says beside tensors; of shards, the first's. Empty for sllm-store.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Bytes of all tensors.</summary>
    public long Bytes => Tensors.Sum(t => t.Bytes);

    /// <summary>Opens a folder, a <c>.safetensors</c> file or an index file.</summary>
    /// <exception cref="CheckpointException">There is no checkpoint, or its headers are wrong.</exception>
    public static Checkpoint Open(string path) => CheckpointFinder.Open(path);

    public bool TryGet(string name, [NotNullWhen(true)] out TensorEntry? tensor) => byName.TryGetValue(name, out tensor);

    /// <exception cref="CheckpointException">There is none of that name.</exception>
    public TensorEntry this[string name] => byName.TryGetValue(name, out var tensor) ? tensor
        : throw new CheckpointException($"'{Path}' has no tensor '{name}'.{(byName.Count > 10_000 ? "" : Nearest.Hint(name, [.. byName.Keys]))}");

    /// <summary>A tensor that must be of a type and shape.</summary>
    /// <exception cref="CheckpointException">It is missing, or another one.</exception>
    public TensorEntry Expect(TensorSpec wanted)
    {
        var found = this[wanted.Name];
        return found.Type == wanted.Type && found.Shape.SequenceEqual(wanted.Shape) ? found
            : throw new CheckpointException($"'{Path}': tensor '{wanted.Name}' is {found.Form}, and {wanted.Form} is expected");
    }

    /// <summary>Reads a part of a tensor's bytes.</summary>
    /// <param name="offset">From the tensor's first byte.</param>
    /// <exception cref="CheckpointException">The file cannot be read or has become shorter.</exception>
    public void Read(TensorEntry tensor, long offset, Span<byte> into)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + into.Length, tensor.Bytes, nameof(into));
        Files[tensor.File].Read(tensor.Offset + offset, into);
    }

    public void Dispose()
    {
        foreach (var file in Files) file.Dispose();
    }
}
