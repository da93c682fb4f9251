using System.Globalization;
using System.Text.Json;

namespace GpuLab.Results;

/// <summary>What <c>events.jsonl</c> holds. A kill may have torn the last line; that line never happened.</summary>
/// <param name="Length">Bytes up to the end of the last whole line.</param>
sealed record EventLog(IReadOnlyList<RunEvent> Events, long Length)
{
    /// <summary>The last finished trial, whose lengths bound the csv files; null before the first.</summary>
    public TrialDone? Last { get; } = Events.OfType<TrialDone>().LastOrDefault();

    public HashSet<string> Finished() => [.. Events.OfType<TrialDone>().Select(e => e.Trial)];

    /// <exception cref="RunFolderException">Missing, or broken before its last line.</exception>
    public static EventLog Read(string path)
    {
        ReadOnlySpan<byte> bytes = FileBytes.Read(path);
        var events = new List<RunEvent>();
        var start = 0;
        for (var line = 1; start < bytes.Length; line++)
        {
            var size = bytes[start..].IndexOf((byte)'\n');
            if (size < 0) break;
            var next = start + size + 1;
            try
            {
                if (size > 0) events.Add(JsonSerializer.Deserialize(bytes.Slice(start, size), ResultsJson.Lines.RunEvent)!);
            }
            catch (JsonException) when (next == bytes.Length)
            {
                break;
            }
            catch (JsonException e)
            {
                throw new RunFolderException(string.Create(CultureInfo.InvariantCulture,
                    $"'{path}' line {line} is not an event: {e.Message} The file was damaged or edited; restore it from a copy, or run the sweep again."), e);
            }
            start = next;
        }
        return new(events, start);
    }

    public static byte[] Line(RunEvent record)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(record, ResultsJson.Lines.RunEvent);
        Array.Resize(ref json, json.Length + 1);
        json[^1] = (byte)'\n';
        return json;
    }
}
