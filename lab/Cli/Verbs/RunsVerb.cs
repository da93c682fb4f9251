using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using GpuLab.Probes;
using GpuLab.Reports.Runs;
using GpuLab.Results;
using GpuLab.Statistics;
using Spectre.Console;

namespace GpuLab.Cli.Verbs;

/// <summary><c>gpulab runs</c>: the runs in a tree.</summary>
static class RunsVerb
{
    const string IndexFile = "index.html";

    public static Command Create()
    {
        var root = new Argument<DirectoryInfo>("folder") { Description = "Where to look. Default: runs.", Arity = ArgumentArity.ZeroOrOne, DefaultValueFactory = _ => new("runs") };
        var device = new Option<string?>("--device") { Description = "Only this device: its id, or a part of its name.", HelpName = "DEVICE" };
        var tag = new Option<string?>("--tag") { Description = "Only runs with this tag.", HelpName = "TAG" };
        var name = new Option<string?>("--name") { Description = "Only runs in whose names this occurs.", HelpName = "TEXT" };
        var since = new Option<DateTimeOffset?>("--since") { Description = "Only runs from this day on (2026-03-01), or of the last so many days (7d).", HelpName = "DAY", CustomParser = Day };
        var index = new Option<bool>("--index") { Description = $"Write {IndexFile} into the folder: the runs, and each figure over time." };
        var json = Options.Json();
        var verb = new Command("runs", "Lists the runs in a folder and those below it, latest first.\n\nExamples:\n  gpulab runs\n  gpulab runs /data/runs --device host --since 7d --json\n  gpulab runs --index") { root, device, tag, name, since, index, json };
        verb.SetAction(int (parse) =>
        {
            var folder = parse.GetValue(root)!;
            if (!folder.Exists) throw new UsageException($"'{folder}' is not a folder.");
            var (runs, unread) = RunListing.Find(folder.FullName, new(parse.GetValue(device), parse.GetValue(tag), parse.GetValue(since), parse.GetValue(name)));
            foreach (var u in unread) Console.Error.WriteLine($"gpulab: {u.Folder}: {u.Reason}");
            if (parse.GetValue(index)) Console.Out.WriteLine(WriteIndex(folder.FullName, runs));
            else if (parse.GetValue(json)) PrintJson(runs);
            else Print(runs);
            return CommandLine.Done;
        });
        return verb;
    }

    static void Print(IReadOnlyList<ListedRun> runs)
    {
        if (Console.IsOutputRedirected)
        {
            foreach (var r in runs) Console.Out.WriteLine(string.Join('\t', Cells(r)));
            return;
        }
        var table = new Table().Border(TableBorder.Simple);
        foreach (var head in (string[])["date", "name", "device", "trials", "exit", "tags", "folder"]) table.AddColumn(head);
        foreach (var r in runs) table.AddRow([.. Cells(r).Select(Markup.Escape)]);
        Terminal.Out.Write(table);
    }

    static string[] Cells(ListedRun r) =>
    [
        r.Start.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), r.Name, r.Simulated ? $"{r.Device} (simulated)" : r.Device == "host" ? r.DeviceName : $"{r.Device} {r.DeviceName}",
        string.Create(CultureInfo.InvariantCulture, $"{r.Done}{(r.Trials is { } all ? $"/{all}" : "")}"), r.Exit?.ToString(CultureInfo.InvariantCulture) ?? "not ended", string.Join(' ', r.Tags), r.Folder,
    ];

    static void PrintJson(IReadOnlyList<ListedRun> runs)
    {
        using var json = new Utf8JsonWriter(Console.OpenStandardOutput(), new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartArray();
        foreach (var r in runs)
        {
            json.WriteStartObject();
            json.WriteString("folder", r.Folder);
            json.WriteString("name", r.Name);
            json.WriteString("device", r.Device);
            json.WriteString("device_name", r.DeviceName);
            json.WriteBoolean("simulated", r.Simulated);
            json.WriteString("start", r.Start);
            Number(json, "done", r.Done);
            Number(json, "trials", r.Trials);
            Number(json, "exit", r.Exit);
            json.WriteStartArray("tags");
            foreach (var tag in r.Tags) json.WriteStringValue(tag);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    static void Number(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } v) json.WriteNumber(name, v);
        else json.WriteNull(name);
    }

    static string WriteIndex(string root, IReadOnlyList<ListedRun> runs)
    {
        var analyses = runs.AsParallel().Select(r => Analyzed(Path.Combine(root, r.Folder))).OfType<RunFigures>().ToList();
        var links = runs.Where(r => File.Exists(Path.Combine(root, r.Folder, ReportFile.Name))).ToDictionary(r => r.Folder, r => string.Join('/', Path.Combine(r.Folder, ReportFile.Name).Split('/').Select(Uri.EscapeDataString)));
        var path = Path.Combine(root, IndexFile);
        File.WriteAllText(path + ".tmp", IndexPage.Render(Path.GetFileName(Path.TrimEndingDirectorySeparator(root)), runs, History.Of(analyses), links));
        File.Move(path + ".tmp", path, overwrite: true);
        return path;
    }

    /// <summary>A run without a plan or samples is listed, and has no figures to follow.</summary>
    static RunFigures? Analyzed(string folder)
    {
        try
        {
            return RunFigures.Read(folder, Catalogue.Probes);
        }
        catch (RunFolderException e)
        {
            Console.Error.WriteLine($"gpulab: {e.Message}");
            return null;
        }
    }

    static DateTimeOffset? Day(System.CommandLine.Parsing.ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text.EndsWith('d') && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var days) && days < 36500) return DateTimeOffset.UtcNow.AddDays(-days);
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day)) return day;
        result.AddError($"--since '{text}' must be a day such as 2026-03-01, or so many days such as 7d.");
        return null;
    }
}
