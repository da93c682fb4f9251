using System.Text.Json;
using GpuLab.Results;

namespace GpuLab.Reports.Runs;

/// <summary>A run as a list shows it.</summary>
/// <param name="Folder">Relative to the folder that was searched.</param>
/// <param name="Done">Trials finished; null where it cannot be told.</param>
/// <param name="Exit">Null while it runs, or after a kill.</param>
public sealed record ListedRun(string Folder, string Name, string Device, string DeviceName, bool Simulated, DateTimeOffset Start, int? Done, int? Trials, int? Exit, IReadOnlyList<string> Tags);

/// <summary>Something that looks like a run folder and cannot be read.</summary>
public sealed record UnreadRun(string Folder, string Reason);

/// <summary>What a list leaves out.</summary>
/// <param name="Device">As in <c>run.json</c>, or a part of the device's name.</param>
public sealed record RunFilter(string? Device = null, string? Tag = null, DateTimeOffset? Since = null, string? Name = null)
{
    public bool Holds(ListedRun run) =>
        (Device is null || run.Device == Device || run.DeviceName.Contains(Device, StringComparison.OrdinalIgnoreCase))
        && (Tag is null || run.Tags.Contains(Tag)) && (Since is null || run.Start >= Since)
        && (Name is null || run.Name.Contains(Name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Finds runs in a tree. Reads <c>run.json</c> alone, and of that only what a list shows; nothing is looked for inside a run folder.</summary>
public static class RunListing
{
    /// <summary>Runs, the latest first, and what could not be read.</summary>
    public static (IReadOnlyList<ListedRun> Runs, IReadOnlyList<UnreadRun> Unread) Find(string root, RunFilter filter)
    {
        var found = Folders(Path.GetFullPath(root)).AsParallel().Select(f => Read(root, f)).ToList();
        return ([.. found.Select(f => f.Run).OfType<ListedRun>().Where(filter.Holds).OrderByDescending(r => r.Start).ThenBy(r => r.Folder, StringComparer.Ordinal)],
            [.. found.Select(f => f.Unread).OfType<UnreadRun>().OrderBy(u => u.Folder, StringComparer.Ordinal)]);
    }

    static List<string> Folders(string root)
    {
        var (found, left) = (new List<string>(), new Stack<string>([root]));
        while (left.TryPop(out var folder))
        {
            if (File.Exists(Path.Combine(folder, RunFiles.Run))) found.Add(folder);
            else foreach (var inner in Directory.EnumerateDirectories(folder, "*", new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint })) left.Push(inner);
        }
        return found;
    }

    static (ListedRun? Run, UnreadRun? Unread) Read(string root, string folder)
    {
        var name = Path.GetRelativePath(root, folder);
        try
        {
            return (Parse(name, folder, File.ReadAllBytes(Path.Combine(folder, RunFiles.Run))), null);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or FormatException or InvalidOperationException)
        {
            return (null, new(name, $"{RunFiles.Run} cannot be read: {e.Message}"));
        }
    }

    static ListedRun Parse(string name, string folder, byte[] bytes)
    {
        var json = new Utf8JsonReader(bytes);
        var run = new ListedRun(name, "", "", "", false, default, null, null, null, []);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject) throw new JsonException("it is no object");
        var schema = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var property = json.GetString();
            json.Read();
            switch (property)
            {
                case "schema": schema = json.GetInt32(); break;
                case "name": run = run with { Name = json.GetString() ?? "" }; break;
                case "device": run = run with { Device = json.GetString() ?? "" }; break;
                case "device_name": run = run with { DeviceName = json.GetString() ?? "" }; break;
                case "simulated": run = run with { Simulated = json.GetBoolean() }; break;
                case "start": run = run with { Start = json.GetDateTimeOffset() }; break;
                case "exit" when json.TokenType == JsonTokenType.Number: run = run with { Exit = json.GetInt32() }; break;
                case "done" when json.TokenType == JsonTokenType.Number: run = run with { Done = json.GetInt32() }; break;
                case "trials" when json.TokenType == JsonTokenType.Number: run = run with { Trials = json.GetInt32() }; break;
                case "tags": run = run with { Tags = Texts(ref json) }; break;
                default: json.Skip(); break;
            }
        }
        if (schema is < 1 or > RunInfo.Current) throw new JsonException($"schema {schema.ToString(System.Globalization.CultureInfo.InvariantCulture)} is not one that this version reads");
        return run.Done is null ? run with { Done = Finished(folder) } : run;
    }

    static List<string> Texts(ref Utf8JsonReader json)
    {
        var texts = new List<string>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray) texts.Add(json.GetString() ?? "");
        return texts;
    }

    /// <summary>Of a run that has not ended, or was made before runs told it: one record a finished trial.</summary>
    static int? Finished(string folder)
    {
        var path = Path.Combine(folder, RunFiles.Events);
        return File.Exists(path) ? File.ReadLines(path).Count(l => l.StartsWith("{\"event\":\"trial-done\"", StringComparison.Ordinal)) : null;
    }
}
