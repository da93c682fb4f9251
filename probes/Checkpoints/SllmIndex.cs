using System.Globalization;
using System.Text.Json;

namespace GpuLab.Probes.Checkpoints;

/// <summary>
/// An sllm-store checkpoint: <c>tensor_index.json</c> from name to [offset, size, shape, stride, dtype], and <c>tensor.data_0</c>, <c>_1</c> …,
/// none longer than 10 GiB. Offsets run on across these files. Tensors that share storage have one offset.
/// </summary>
static class SllmIndex
{
    public const string FileName = "tensor_index.json";

    /// <summary>A record begins a new file where it would make one longer than this.</summary>
    public const long Partition = 10L << 30;

    /// <summary>Records begin at multiples of this.</summary>
    public const int Padding = 8;

    public static string DataName(int number) => string.Create(CultureInfo.InvariantCulture, $"tensor.data_{number}");

    public static Checkpoint Open(string path, string folder)
    {
        var index = System.IO.Path.Combine(folder, FileName);
        var files = new List<CheckpointFile>();
        try
        {
            while (File.Exists(System.IO.Path.Combine(folder, DataName(files.Count)))) files.Add(new(System.IO.Path.Combine(folder, DataName(files.Count))));
            if (files.Count == 0) throw new CheckpointException($"'{folder}' has {FileName} and no {DataName(0)}");
            return new(path, CheckpointFormat.Sllm, files, Place(index, files, Parse(index)), new Dictionary<string, string>());
        }
        catch
        {
            foreach (var file in files) file.Dispose();
            throw;
        }
    }

    /// <param name="Offset">Over all files.</param>
    sealed record Record(string Name, TensorType Type, long[] Shape, long Offset, long Bytes);

    static List<Record> Parse(string index)
    {
        try
        {
            var records = new List<Record>();
            var names = new HashSet<string>();
            var reader = new Utf8JsonReader(File.ReadAllBytes(index), new JsonReaderOptions { MaxDepth = 16 });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new CheckpointException($"'{index}' is not a JSON object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                if (!names.Add(name)) throw new CheckpointException($"'{index}': tensor '{name}' is there twice");
                records.Add(ParseRecord(ref reader, index, name));
            }
            while (reader.Read())
            {
            }
            return records;
        }
        catch (Exception e) when (e is JsonException or UnauthorizedAccessException or InvalidOperationException or IOException and not CheckpointException)
        {
            throw new CheckpointException($"'{index}' cannot be read: {e.Message}", e);
        }
    }

    static Record ParseRecord(ref Utf8JsonReader reader, string index, string name)
    {
        var form = $"'{index}': tensor '{name}' is not [offset, size, shape, stride, dtype]";
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) throw new CheckpointException(form);
        if (!reader.Read() || reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var offset) || offset < 0) throw new CheckpointException($"{form}: its offset is not a whole number from 0 to 2^63-1");
        if (!reader.Read() || reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var size) || size < 0) throw new CheckpointException($"{form}: its size is not a whole number from 0 to 2^63-1");
        var shape = JsonNumbers.Read(ref reader) ?? throw new CheckpointException($"{form}: its shape is not a list of whole numbers from 0 to 2^63-1");
        var stride = JsonNumbers.Read(ref reader) ?? throw new CheckpointException($"{form}: its stride is not a list of whole numbers from 0 to 2^63-1");
        if (!reader.Read() || reader.TokenType != JsonTokenType.String) throw new CheckpointException(form);
        var type = TensorTypes.ParseTorch(reader.GetString()) ?? throw new CheckpointException($"'{index}': tensor '{name}' has the dtype '{reader.GetString()}', which is not known");
        // Later writers append what is not needed here.
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) reader.Skip();
        var bytes = TensorSpec.BytesOf(type, shape) ?? throw new CheckpointException($"'{index}': tensor '{name}': more elements than a file can hold");
        if (bytes != size) throw new CheckpointException(string.Create(CultureInfo.InvariantCulture, $"'{index}': tensor '{name}' is {new TensorSpec(name, type, shape).Form}, which are {bytes} bytes, and its size is {size}"));
        if (!IsRowMajor(shape, stride)) throw new CheckpointException($"'{index}': tensor '{name}' of shape [{string.Join(", ", shape)}] has the stride [{string.Join(", ", stride)}]: only row-major tensors are read");
        return new(name, type, shape, offset, bytes);
    }

    static bool IsRowMajor(long[] shape, long[] stride)
    {
        if (shape.Length != stride.Length) return false;
        if (shape.Contains(0)) return true;
        long expected = 1;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            // How far apart the elements of a dimension of one are says nothing.
            if (shape[i] != 1 && stride[i] != expected) return false;
            expected *= shape[i];
        }
        return true;
    }

    /// <summary>
    /// From offsets over all files to files. Writers align a file's end to 4 KiB; some do not count that into the offsets that follow. Then the
    /// first record of the next file seems to cross the end of this one, which no record does: it begins the next file.
    /// </summary>
    static Dictionary<string, TensorEntry> Place(string index, List<CheckpointFile> files, List<Record> records)
    {
        var entries = new Dictionary<string, TensorEntry>(records.Count);
        var (file, start, end) = (0, 0L, 0L);
        Record? before = null;
        foreach (var record in records.OrderBy(r => r.Offset).ThenBy(r => r.Bytes))
        {
            if (record.Offset > long.MaxValue - record.Bytes) throw new CheckpointException($"'{index}': tensor '{record.Name}' lies beyond what a file can hold");
            if (before is not null && record.Offset < end && (record.Offset, record.Bytes) != (before.Offset, before.Bytes)) throw new CheckpointException($"'{index}': tensors '{before.Name}' and '{record.Name}' overlap");
            while (record.Bytes > 0 && record.Offset - start > files[file].Length - record.Bytes)
            {
                if (file + 1 == files.Count)
                    throw new CheckpointException(string.Create(CultureInfo.InvariantCulture, $"'{index}': tensor '{record.Name}' has {record.Bytes} bytes from {record.Offset - start} on, and '{files[file].Path}' has {files[file].Length}: it is truncated, or the index is wrong"));
                start = Math.Min(start + files[file].Length, record.Offset);
                file++;
            }
            entries.Add(record.Name, new(record.Name, record.Type, record.Shape, file, record.Offset - start));
            (before, end) = (record, record.Offset + record.Bytes);
        }
        return entries;
    }
}
