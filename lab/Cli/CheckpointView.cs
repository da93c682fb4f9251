using System.Globalization;
using System.Text.Json;
using GpuLab.Model;
using GpuLab.Probes.Checkpoints;
using Spectre.Console;

namespace GpuLab.Cli;

/// <summary>What a verification found.</summary>
/// <param name="Compared">What it was held against, a phrase each.</param>
/// <param name="Differences">A sentence each.</param>
sealed record Verified(string Fingerprint, IReadOnlyList<string> Compared, IReadOnlyList<string> Differences)
{
    const int Most = 20;

    public void Print(Checkpoint checkpoint, bool asJson)
    {
        if (asJson) PrintJson(checkpoint);
        else PrintText(checkpoint);
    }

    void PrintText(Checkpoint checkpoint)
    {
        var types = string.Join(", ", checkpoint.Tensors.GroupBy(t => t.Type).Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Count()} {g.Key.Text()}")));
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{checkpoint.Path}: {checkpoint.Format.ToString().ToLowerInvariant()}, {checkpoint.Files.Count} file{(checkpoint.Files.Count == 1 ? "" : "s")}, {checkpoint.Tensors.Count} tensors ({types}), {Pretty.Bytes(checkpoint.Bytes)}"));
        Console.Out.WriteLine($"fingerprint {Fingerprint}");
        foreach (var difference in Differences.Take(Most)) Console.Out.WriteLine(difference);
        if (Differences.Count > Most) Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"and {Differences.Count - Most} more differences"));
        if (Compared.Count == 0) Console.Out.WriteLine("every byte was read; there was nothing to compare with");
        else if (Differences.Count == 0) Console.Out.WriteLine($"equal to {string.Join(" and ", Compared)}");
    }

    void PrintJson(Checkpoint checkpoint)
    {
        using var json = new Utf8JsonWriter(Console.OpenStandardOutput(), new() { Indented = true });
        json.WriteStartObject();
        json.WriteString("path", checkpoint.Path);
        json.WriteString("format", checkpoint.Format.ToString().ToLowerInvariant());
        json.WriteNumber("files", checkpoint.Files.Count);
        json.WriteNumber("tensors", checkpoint.Tensors.Count);
        json.WriteNumber("bytes", checkpoint.Bytes);
        json.WriteString("fingerprint", Fingerprint);
        Strings(json, "compared", Compared);
        Strings(json, "differences", Differences);
        json.WriteEndObject();
    }

    static void Strings(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }
}

/// <summary>Checks checkpoints and shows what they are.</summary>
static class CheckpointView
{
    /// <param name="shape">What its tensors must be; null for what it says itself.</param>
    /// <param name="other">What its bytes must be; null for what its seed gives, where it has one.</param>
    public static Verified Verify(Checkpoint checkpoint, ModelShape? shape, Checkpoint? other, CancellationToken cancel)
    {
        var origin = ModelConfig.OriginOf(Directory.Exists(checkpoint.Path) ? checkpoint.Path : Path.GetDirectoryName(Path.GetFullPath(checkpoint.Path))!);
        var (compared, differences) = (new List<string>(), new List<string>());
        if ((shape ?? origin?.Shape) is { } wanted)
        {
            compared.Add($"the tensors of {wanted.Name}");
            differences.AddRange(CheckpointCheck.Differences(checkpoint, wanted));
        }
        using var progress = new ByteProgress("read");
        var fingerprint = CheckpointCheck.Fingerprint(checkpoint, progress.Tell, cancel);
        if (other is not null)
        {
            compared.Add(other.Path);
            var missing = Forms(checkpoint, other).ToList();
            differences.AddRange(missing);
            if (missing.Count == 0) differences.AddRange(CheckpointCheck.Differences(checkpoint, new CheckpointSource(other), progress.Tell, cancel));
        }
        // Made again only where the tensors are those that were made: another type or shape has been reported.
        else if (origin is not null && differences.Count == 0 && checkpoint.Tensors.All(t => RandomWeights.Types.Contains(t.Type)))
        {
            compared.Add(string.Create(CultureInfo.InvariantCulture, $"the random weights of seed {origin.Seed}"));
            differences.AddRange(CheckpointCheck.Differences(checkpoint, new RandomWeights(origin.Seed), progress.Tell, cancel));
        }
        return new(fingerprint, compared, differences);
    }

    static IEnumerable<string> Forms(Checkpoint checkpoint, Checkpoint other)
    {
        foreach (var tensor in checkpoint.Tensors)
        {
            if (!other.TryGet(tensor.Name, out var found)) yield return $"tensor '{tensor.Name}' is not in {other.Path}";
            else if (found.Form != tensor.Form) yield return $"tensor '{tensor.Name}' is {tensor.Form}, and in {other.Path} it is {found.Form}";
        }
        foreach (var tensor in other.Tensors.Where(t => !checkpoint.TryGet(t.Name, out _))) yield return $"tensor '{tensor.Name}' is only in {other.Path}";
    }

    public static void PrintShapes(bool asJson)
    {
        if (asJson)
        {
            PrintShapesJson();
            return;
        }
        var table = new Table().Border(TableBorder.Simple);
        foreach (var head in (string[])["shape", "layers", "width", "heads", "KV heads", "head", "hidden", "vocabulary", "head tied", "parameters", "BF16", "KV cache a token"]) table.AddColumn(head);
        foreach (var s in ModelShapes.All)
        {
            table.AddRow(s.Name, N(s.Layers), N(s.Width), N(s.Heads), N(s.KvHeads), N(s.HeadSize), N(s.Hidden), N(s.Vocabulary), s.TiedHead ? "yes" : "no",
                Pretty.Value(s.Parameters, ""), Pretty.Bytes(2.0 * s.Parameters), Pretty.Bytes(s.KvBytesPerToken(2)));
        }
        Terminal.Out.Write(table);
    }

    static void PrintShapesJson()
    {
        using var json = new Utf8JsonWriter(Console.OpenStandardOutput(), new() { Indented = true });
        json.WriteStartArray();
        foreach (var s in ModelShapes.All)
        {
            json.WriteStartObject();
            json.WriteString("shape", s.Name);
            json.WriteNumber("layers", s.Layers);
            json.WriteNumber("width", s.Width);
            json.WriteNumber("heads", s.Heads);
            json.WriteNumber("kv_heads", s.KvHeads);
            json.WriteNumber("head_size", s.HeadSize);
            json.WriteNumber("hidden", s.Hidden);
            json.WriteNumber("vocabulary", s.Vocabulary);
            json.WriteBoolean("tied_head", s.TiedHead);
            json.WriteNumber("parameters", s.Parameters);
            json.WriteNumber("kv_bytes_per_token_bf16", s.KvBytesPerToken(2));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    static string N(int number) => number.ToString(CultureInfo.InvariantCulture);
}
