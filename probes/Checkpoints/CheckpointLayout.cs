using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GpuLab.Probes.Checkpoints;

/// <summary>Where everything will lie in a checkpoint that is about to be written.</summary>
/// <param name="Files">Data files with their lengths.</param>
/// <param name="Tensors">With the file and the offset of each.</param>
/// <param name="Index">Name and content of the index beside them; null where there is none.</param>
sealed record CheckpointLayout(IReadOnlyList<PlannedFile> Files, IReadOnlyList<TensorEntry> Tensors, (string Name, byte[] Content)? Index)
{
    public long Bytes => Files.Sum(f => f.Length) + (Index?.Content.Length ?? 0);

    public static CheckpointLayout Of(CheckpointFormat format, IReadOnlyList<TensorSpec> tensors, WriteOptions options)
    {
        if (tensors.Count == 0) throw new CheckpointException("a checkpoint without tensors is not written");
        if (tensors.GroupBy(t => t.Name).FirstOrDefault(g => g.Count() > 1) is { } twice) throw new CheckpointException($"tensor '{twice.Key}' is there twice");
        return format == CheckpointFormat.Sllm ? Sllm(tensors, options.Partition) : Safetensors(tensors, options);
    }

    static CheckpointLayout Safetensors(IReadOnlyList<TensorSpec> tensors, WriteOptions options)
    {
        var shards = new List<List<TensorSpec>>();
        long bytes = 0;
        // Large elements first, so that each tensor begins at a multiple of its element's size.
        foreach (var tensor in tensors.OrderByDescending(t => t.Type.Size()))
        {
            if (shards.Count == 0 || bytes > 0 && bytes > options.ShardBytes - tensor.Bytes)
            {
                shards.Add([]);
                bytes = 0;
            }
            shards[^1].Add(tensor);
            bytes += tensor.Bytes;
        }
        var files = new List<PlannedFile>();
        var entries = new List<TensorEntry>();
        foreach (var shard in shards)
        {
            var name = shards.Count == 1 ? "model.safetensors" : string.Create(CultureInfo.InvariantCulture, $"model-{files.Count + 1:00000}-of-{shards.Count:00000}.safetensors");
            var start = Header(shard, options.Metadata);
            long at = start.Length;
            foreach (var tensor in shard)
            {
                entries.Add(new(tensor.Name, tensor.Type, tensor.Shape, files.Count, at));
                at += tensor.Bytes;
            }
            files.Add(new(name, at, start));
        }
        return new(files, entries, shards.Count == 1 ? null : ("model" + SafetensorsIndex.Extension, ShardIndex(files, entries)));
    }

    /// <summary>Length and JSON, padded with blanks so that the data begin at a multiple of 8.</summary>
    static byte[] Header(List<TensorSpec> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var memory = new MemoryStream();
        memory.Write(stackalloc byte[8]);
        using (var json = new Utf8JsonWriter(memory, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata) json.WriteString(key, value);
                json.WriteEndObject();
            }
            long at = 0;
            foreach (var tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Type.Text());
                Numbers(json, "shape", tensor.Shape);
                Numbers(json, "data_offsets", [at, at + tensor.Bytes]);
                json.WriteEndObject();
                at += tensor.Bytes;
            }
            json.WriteEndObject();
        }
        while (memory.Length % 8 != 0) memory.WriteByte((byte)' ');
        var header = memory.ToArray();
        System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - 8);
        return header;
    }

    static byte[] ShardIndex(List<PlannedFile> files, List<TensorEntry> entries)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteNumber("total_size", entries.Sum(e => e.Bytes));
            json.WriteEndObject();
            json.WriteStartObject("weight_map");
            foreach (var entry in entries.OrderBy(e => e.Name, StringComparer.Ordinal)) json.WriteString(entry.Name, files[entry.File].Name);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return memory.ToArray();
    }

    static CheckpointLayout Sllm(IReadOnlyList<TensorSpec> tensors, long partition)
    {
        // So that offsets over all files are the same whether or not a reader counts what fills a file up.
        const long block = 4096;
        var files = new List<PlannedFile>();
        var entries = new List<TensorEntry>();
        var offsets = new List<long>();
        long start = 0, at = 0;
        foreach (var tensor in tensors)
        {
            if (tensor.Type.Torch() is null) throw new CheckpointException($"tensor '{tensor.Name}' is {tensor.Form}, and sllm-store has no such type");
            if (at > 0 && at > partition - tensor.Bytes)
            {
                at = RoundUp(at, block);
                files.Add(new(SllmIndex.DataName(files.Count), at, []));
                (start, at) = (start + at, 0);
            }
            entries.Add(new(tensor.Name, tensor.Type, tensor.Shape, files.Count, at));
            offsets.Add(start + at);
            at = RoundUp(at + tensor.Bytes, SllmIndex.Padding);
        }
        files.Add(new(SllmIndex.DataName(files.Count), RoundUp(at, block), []));
        return new(files, entries, (SllmIndex.FileName, SllmIndexJson(entries, offsets)));
    }

    static byte[] SllmIndexJson(List<TensorEntry> entries, List<long> offsets)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            for (var i = 0; i < entries.Count; i++)
            {
                json.WriteStartArray(entries[i].Name);
                json.WriteNumberValue(offsets[i]);
                json.WriteNumberValue(entries[i].Bytes);
                Numbers(json, null, entries[i].Shape);
                Numbers(json, null, Strides(entries[i].Shape));
                json.WriteStringValue(entries[i].Type.Torch());
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        return memory.ToArray();
    }

    static long[] Strides(IReadOnlyList<long> shape)
    {
        var strides = new long[shape.Count];
        long stride = 1;
        for (var i = shape.Count - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= Math.Max(1, shape[i]);
        }
        return strides;
    }

    static void Numbers(Utf8JsonWriter json, string? name, IReadOnlyList<long> numbers)
    {
        if (name is null) json.WriteStartArray();
        else json.WriteStartArray(name);
        foreach (var number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    static long RoundUp(long value, long multiple) => (value + multiple - 1) / multiple * multiple;
}

/// <param name="Start">What comes before the tensors.</param>
sealed record PlannedFile(string Name, long Length, byte[] Start);
