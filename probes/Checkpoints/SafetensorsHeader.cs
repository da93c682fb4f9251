using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;

namespace GpuLab.Probes.Checkpoints;

/// <summary>
/// The beginning of a safetensors file: 8 bytes of length, then JSON from name to dtype, shape and data_offsets (counted from the header's end).
/// Read as if written by an enemy: every number is checked before it is used, and tensors must fill the rest of the file without gap or overlap.
/// </summary>
static class SafetensorsHeader
{
    public const string Extension = ".safetensors";

    /// <summary>The largest header that readers of this format accept.</summary>
    const int Largest = 100_000_000;

    const string MetadataKey = "__metadata__";

    public static Checkpoint Open(string path, string file)
    {
        var opened = new CheckpointFile(file);
        try
        {
            var tensors = new Dictionary<string, TensorEntry>();
            var metadata = Read(opened, 0, tensors);
            return new(path, CheckpointFormat.Safetensors, [opened], tensors, metadata);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Adds what a file declares, and sets where its data start.</summary>
    /// <param name="number">Of the file, for its entries.</param>
    /// <returns>Its metadata.</returns>
    /// <exception cref="CheckpointException">The header is wrong.</exception>
    public static IReadOnlyDictionary<string, string> Read(CheckpointFile file, int number, Dictionary<string, TensorEntry> into)
    {
        if (file.Length < 8) throw Wrong(file, "it is too short for a safetensors file");
        Span<byte> length = stackalloc byte[8];
        file.Read(0, length);
        var bytes = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (bytes > (ulong)file.Length - 8) throw Wrong(file, Text($"its header is said to have {bytes} bytes, and the file ends {file.Length - 8} bytes after that: it is truncated, or no safetensors file"));
        if (bytes > Largest) throw Wrong(file, Text($"its header has {bytes} bytes, and {Largest} are the most that is read"));
        var header = new byte[bytes];
        file.Read(8, header);
        file.DataStart = 8 + (long)bytes;
        var metadata = new Dictionary<string, string>();
        var spans = new List<Span>();
        try
        {
            Parse(header, file, number, into, metadata, spans);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A string of bytes that are no UTF-8 is an InvalidOperationException.
            throw new CheckpointException($"'{file.Path}': its header is not valid JSON: {e.Message}", e);
        }
        CheckCover(file, spans);
        return metadata;
    }

    /// <summary>Where a tensor lies, from the header's end.</summary>
    readonly record struct Span(long Begin, long End, string Name);

    static void Parse(byte[] header, CheckpointFile file, int number, Dictionary<string, TensorEntry> into, Dictionary<string, string> metadata, List<Span> spans)
    {
        var reader = new Utf8JsonReader(header, new JsonReaderOptions { MaxDepth = 16 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw Wrong(file, "its header is not a JSON object");
        var seenMetadata = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(MetadataKey))
            {
                if (seenMetadata) throw Wrong(file, $"its header has {MetadataKey} twice");
                seenMetadata = true;
                ParseMetadata(ref reader, file, metadata);
                continue;
            }
            var name = reader.GetString()!;
            var (entry, span) = ParseTensor(ref reader, file, number, name);
            if (!into.TryAdd(name, entry)) throw Wrong(file, $"tensor '{name}' is there twice{(into[name].File == number ? "" : ", here and in another file")}");
            spans.Add(span);
        }
        // What follows the object must be blank: the reader says so itself.
        while (reader.Read())
        {
        }
    }

    static void ParseMetadata(ref Utf8JsonReader reader, CheckpointFile file, Dictionary<string, string> metadata)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw Wrong(file, $"{MetadataKey} is not a JSON object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            if (!reader.Read() || reader.TokenType != JsonTokenType.String) throw Wrong(file, $"{MetadataKey}: '{key}' is not a string");
            metadata[key] = reader.GetString()!;
        }
    }

    static (TensorEntry, Span) ParseTensor(ref Utf8JsonReader reader, CheckpointFile file, int number, string name)
    {
        TensorType? type = null;
        long[]? shape = null, offsets = null;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw Wrong(file, $"tensor '{name}' is not a JSON object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("dtype"))
            {
                if (type is not null) throw Wrong(file, $"tensor '{name}' has dtype twice");
                reader.Read();
                if (reader.TokenType != JsonTokenType.String) throw Wrong(file, $"tensor '{name}': its dtype is not a string");
                type = TensorTypes.Parse(ref reader) ?? throw Wrong(file, $"tensor '{name}' has the dtype '{reader.GetString()}', which is not known");
            }
            else if (reader.ValueTextEquals("shape"))
            {
                if (shape is not null) throw Wrong(file, $"tensor '{name}' has shape twice");
                shape = JsonNumbers.Read(ref reader) ?? throw Wrong(file, $"tensor '{name}': its shape is not a list of whole numbers from 0 to 2^63-1");
            }
            else if (reader.ValueTextEquals("data_offsets"))
            {
                if (offsets is not null) throw Wrong(file, $"tensor '{name}' has data_offsets twice");
                offsets = JsonNumbers.Read(ref reader) ?? throw Wrong(file, $"tensor '{name}': its data_offsets are not two whole numbers from 0 to 2^63-1");
            }
            else
            {
                reader.Skip();
            }
        }
        if (type is null || shape is null || offsets is null) throw Wrong(file, $"tensor '{name}' has no {(type is null ? "dtype" : shape is null ? "shape" : "data_offsets")}");
        if (offsets is not [var begin, var end] || begin > end) throw Wrong(file, $"tensor '{name}': its data_offsets are not a beginning and an end");
        var room = file.Length - file.DataStart;
        if (end > room) throw Wrong(file, Text($"tensor '{name}' ends at byte {end} of the data, and there are {room}: the file is truncated, or the header is wrong"));
        var bytes = TensorSpec.BytesOf(type.Value, shape) ?? throw Wrong(file, $"tensor '{name}': more elements than a file can hold");
        if (bytes != end - begin) throw Wrong(file, Text($"tensor '{name}' is {new TensorSpec(name, type.Value, shape).Form}, which are {bytes} bytes, and its data_offsets hold {end - begin}"));
        return (new(name, type.Value, shape, number, file.DataStart + begin), new(begin, end, name));
    }

    /// <summary>Tensors lie one behind the other from the first byte to the last.</summary>
    static void CheckCover(CheckpointFile file, List<Span> spans)
    {
        spans.Sort(static (a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        long at = 0;
        var before = "";
        foreach (var span in spans)
        {
            if (span.Begin < at) throw Wrong(file, $"tensors '{before}' and '{span.Name}' overlap");
            if (span.Begin > at) throw Wrong(file, Text($"{span.Begin - at} bytes before tensor '{span.Name}' belong to no tensor"));
            (at, before) = (span.End, span.Name);
        }
        var room = file.Length - file.DataStart;
        if (at != room) throw Wrong(file, Text($"{room - at} bytes at the end belong to no tensor"));
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    static CheckpointException Wrong(CheckpointFile file, string what) => new($"'{file.Path}': {what}");
}
