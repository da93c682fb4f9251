namespace GpuLab.Probes.Checkpoints;

/// <summary>Finds out what lies under a path.</summary>
static class CheckpointFinder
{
    public static Checkpoint Open(string path)
    {
        if (File.Exists(path)) return OpenFile(path);
        if (!Directory.Exists(path)) throw new CheckpointException($"'{path}' does not exist: a checkpoint is a folder, a .safetensors file or an index file");
        var names = Directory.EnumerateFiles(path).Select(System.IO.Path.GetFileName).OfType<string>().ToList();
        if (names.Contains(SllmIndex.FileName)) return SllmIndex.Open(path, path);
        string[] single = [.. names.Where(n => n.EndsWith(SafetensorsHeader.Extension, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        string[] indices = [.. names.Where(n => n.EndsWith(SafetensorsIndex.Extension, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        return (indices, single) switch
        {
            ([var index], _) => SafetensorsIndex.Open(path, System.IO.Path.Combine(path, index)),
            ([], [var file]) => SafetensorsHeader.Open(path, System.IO.Path.Combine(path, file)),
            ([], []) => throw new CheckpointException($"'{path}' holds no checkpoint: neither {SllmIndex.FileName} nor a .safetensors file"),
            _ => throw new CheckpointException($"'{path}' holds several checkpoints ({string.Join(", ", indices.Length > 0 ? indices : single)}): name the file"),
        };
    }

    static Checkpoint OpenFile(string path)
    {
        var name = System.IO.Path.GetFileName(path);
        if (name == SllmIndex.FileName) return SllmIndex.Open(path, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
        if (name.EndsWith(SafetensorsIndex.Extension, StringComparison.Ordinal)) return SafetensorsIndex.Open(path, path);
        return SafetensorsHeader.Open(path, path);
    }
}
