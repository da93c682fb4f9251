using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using GpuLab.Model;

namespace GpuLab.Probes.Commands;

/// <summary>One figure of a program.</summary>
/// <param name="Rate">Per second.</param>
/// <param name="Start">When the program says it began, CLOCK_MONOTONIC nanoseconds; null where it does not say.</param>
readonly record struct PrintedFigure(double Rate, long? Start, long? End);

/// <summary>Finds figures in what a program prints: fields of JSON lines, or what a pattern matches in other lines.</summary>
sealed class FigureReader
{
    public const RegexOptions Options = RegexOptions.CultureInvariant;

    /// <summary>For one line: a pattern that takes for ever must not stop a run.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    readonly string[]? path;
    readonly Regex? pattern;
    readonly bool seconds;

    public FigureReader(Parameters parameters)
    {
        path = parameters["figure"]?.Word?.Split('.');
        pattern = parameters["pattern"]?.Word is { } text ? new(text, Options, Limit) : null;
        seconds = parameters.Word("kind", "rate") == "seconds";
    }

    /// <summary>Whether the cell names its figure: then a program that prints none has failed.</summary>
    public bool IsNamed => path is not null || pattern is not null;

    /// <summary>The figure of a line, or null where it has none.</summary>
    /// <exception cref="FormatException">It has one that is no positive number.</exception>
    public PrintedFigure? Read(string line)
    {
        if (pattern is not null) return Matched(line);
        if (!line.AsSpan().TrimStart().StartsWith("{")) return null;
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            if (path is not null) return Find(root, path) is { } named ? Figure(Number(named, line), seconds, root) : null;
            if (root.TryGetProperty("rate", out var rate)) return Figure(Number(rate, line), inSeconds: false, root);
            return root.TryGetProperty("seconds", out var time) ? Figure(Number(time, line), inSeconds: true, root) : null;
        }
        catch (JsonException)
        {
            // Programs print other things that begin with a brace.
            return null;
        }
    }

    PrintedFigure? Matched(string line)
    {
        if (pattern!.Match(line) is not { Success: true } match) return null;
        var group = match.Groups["value"] is { Success: true } named ? named : match.Groups[1];
        return double.TryParse(group.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? Figure(Positive(value, line), seconds, null)
            : throw new FormatException($"'{group.Value}' is no number, in the line '{Short(line)}'");
    }

    static JsonElement? Find(JsonElement at, string[] path)
    {
        foreach (var name in path)
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at)) return null;
        }
        return at;
    }

    static double Number(JsonElement element, string line) => element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var value) ? Positive(value, line)
        : throw new FormatException($"the figure is no number, in the line '{Short(line)}'");

    static double Positive(double value, string line) => double.IsFinite(value) && value > 0 ? value : throw new FormatException($"the figure is not greater than zero, in the line '{Short(line)}'");

    static PrintedFigure Figure(double value, bool inSeconds, JsonElement? line) => new(inSeconds ? 1 / value : value, Time(line, "start_ns"), Time(line, "end_ns"));

    static long? Time(JsonElement? line, string name) =>
        line is { } root && root.TryGetProperty(name, out var time) && time.ValueKind == JsonValueKind.Number && time.TryGetInt64(out var value) ? value : null;

    static string Short(string line) => line.Length > 200 ? line[..200] + "…" : line;
}
