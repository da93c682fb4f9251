using System.Text.Json;

namespace GpuLab.Probes.Checkpoints;

/// <summary>A checkpoint in several safetensors files: <c>weight_map</c> of the index says which tensor lies in which file.</summary>
static class SafetensorsIndex
{
    public const string Extension = ".safetensors.index.json";

    public static Checkpoint Open(string path, string index)
    {
        var map = ReadMap(index);
        var names = map.Values.Distinct().Order(StringComparer.Ordinal).ToList();
        var folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(index))!;
        var files = new List<CheckpointFile>();
        try
        {
            var tensors = new Dictionary<string, TensorEntry>();
            IReadOnlyDictionary<string, string>? metadata = null;
            foreach (var name in names)
            {
                files.Add(new(System.IO.Path.Combine(folder, name)));
                var own = SafetensorsHeader.Read(files[^1], files.Count - 1, tensors);
                metadata ??= own;
            }
            foreach (var (tensor, file) in map)
            {
                if (!tensors.TryGetValue(tensor, out var entry)) throw new CheckpointException($"'{index}': tensor '{tensor}' should lie in '{file}', and does not");
                if (names[entry.File] != file) throw new CheckpointException($"'{index}': tensor '{tensor}' should lie in '{file}', and lies in '{names[entry.File]}'");
            }
            if (tensors.Keys.FirstOrDefault(t => !map.ContainsKey(t)) is { } unnamed) throw new CheckpointException($"'{index}' does not name tensor '{unnamed}', which lies in '{names[tensors[unnamed].File]}'");
            return new(path, CheckpointFormat.Safetensors, files, tensors, metadata ?? new Dictionary<string, string>());
        }
        catch
        {
            foreach (var file in files) file.Dispose();
            throw;
        }
    }

    static Dictionary<string, string> ReadMap(string index)
    {
        var map = new Dictionary<string, string>();
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(index));
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("weight_map", out var weights) || weights.ValueKind != JsonValueKind.Object)
                throw new CheckpointException($"'{index}' has no weight_map");
            foreach (var weight in weights.EnumerateObject())
            {
                if (weight.Value.ValueKind != JsonValueKind.String || weight.Value.GetString() is not { Length: > 0 } file || file != System.IO.Path.GetFileName(file) || file is "." or "..")
                    throw new CheckpointException($"'{index}': the file of tensor '{weight.Name}' is not the name of a file beside the index");
                if (!map.TryAdd(weight.Name, file)) throw new CheckpointException($"'{index}': tensor '{weight.Name}' is there twice");
            }
        }
        catch (Exception e) when (e is JsonException or UnauthorizedAccessException or InvalidOperationException or IOException and not CheckpointException)
        {
            throw new CheckpointException($"'{index}' cannot be read: {e.Message}", e);
        }
        return map;
    }
}
