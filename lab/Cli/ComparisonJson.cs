using System.Text.Encodings.Web;
using System.Text.Json;
using GpuLab.Reports.Comparison;
using GpuLab.Results;

namespace GpuLab.Cli;

/// <summary>A comparison for scripts: SI values, one object a cell and column.</summary>
static class ComparisonJson
{
    public static void Print(RunComparison c, Stream to)
    {
        using var json = new Utf8JsonWriter(to, new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("by", c.By);
        json.WriteString("subject", c.Subject);
        json.WriteBoolean("simulated", c.Simulated);
        json.WriteStartArray("runs");
        foreach (var run in c.Runs) Run(json, run);
        json.WriteEndArray();
        Texts(json, "columns", c.Columns);
        Texts(json, "objections", c.Objections);
        json.WriteStartArray("differences");
        foreach (var d in c.Differences)
        {
            json.WriteStartObject();
            json.WriteString("section", d.Section);
            json.WriteString("name", d.Name);
            Texts(json, "values", d.Values);
            json.WriteBoolean("expected", d.Expected);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("groups");
        foreach (var g in c.Groups) Group(json, g);
        json.WriteEndArray();
        json.WriteStartArray("cells");
        foreach (var (cell, column, outcome) in c.Outcomes) Cell(json, c, cell, column, outcome);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void Run(Utf8JsonWriter json, ComparedRun run)
    {
        var info = run.Run.Info;
        json.WriteStartObject();
        json.WriteString("label", run.Label);
        json.WriteString("folder", run.Run.Folder);
        json.WriteString("name", info.Name);
        json.WriteString("device", info.Device);
        json.WriteString("device_name", info.DeviceName);
        json.WriteBoolean("simulated", info.Simulated);
        json.WriteString("start", info.Start);
        json.WriteEndObject();
    }

    static void Group(Utf8JsonWriter json, GroupSummary g)
    {
        json.WriteStartObject();
        json.WriteString("metric", g.Probe);
        json.WriteString("when", g.When);
        json.WriteString("column", g.Column);
        json.WriteStartObject("verdicts");
        foreach (var (kind, count) in g.Verdicts) json.WriteNumber(kind.ToString().ToLowerInvariant(), count);
        json.WriteEndObject();
        Number(json, "ratio", g.Ratio);
        Number(json, "worst", g.Worst);
        Number(json, "best", g.Best);
        json.WriteEndObject();
    }

    static void Cell(Utf8JsonWriter json, RunComparison c, ComparedCell cell, int column, Outcome o)
    {
        json.WriteStartObject();
        json.WriteString("cell", cell.Key.ToString());
        json.WriteString("metric", cell.Metric.Id);
        json.WriteString("unit", cell.Metric.Unit);
        json.WriteString("layout", cell.Key.Layout);
        json.WriteString("slice", cell.Key.Slice);
        json.WriteString("mode", cell.Key.Mode);
        json.WriteString("phase", cell.Key.Phase?.Name() ?? "");
        json.WriteString("parameters", cell.Key.Parameters);
        json.WriteString("column", c.Columns[column]);
        json.WriteString("verdict", o.Verdict.ToString());
        json.WriteString("reason", o.Verdict.Reason);
        Number(json, "ratio", o.Ratio.Ratio);
        Number(json, "low", o.Interval.Low);
        Number(json, "high", o.Interval.High);
        json.WriteNumber("repeats", o.Ratio.Repeats);
        Number(json, "smallest_effect", o.Ratio.SmallestEffect);
        Side(json, "first", cell.Sides[0]!);
        Side(json, "second", cell.Sides[column]!);
        if (o.Factors is { } f)
        {
            json.WriteStartObject("factors");
            Number(json, "units", f.Units);
            Number(json, "clock", f.Clock);
            Number(json, "bandwidth", f.Bandwidth);
            Number(json, "rest", f.Rest);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    static void Side(Utf8JsonWriter json, string name, Side side)
    {
        json.WriteStartObject(name);
        json.WriteString("run", side.Run.Label);
        Number(json, "median", side.Figure.Median);
        Number(json, "low", side.Figure.Interval.Low);
        Number(json, "high", side.Figure.Interval.High);
        Number(json, "of_ceiling", side.Normalised.OfCeiling);
        Number(json, "per_unit", side.Normalised.PerUnit);
        Number(json, "per_bandwidth", side.Normalised.PerBandwidth);
        Number(json, "per_watt", side.Normalised.PerWatt);
        Texts(json, "flags", side.Figure.Flags);
        json.WriteEndObject();
    }

    static void Texts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    /// <summary>JSON has no NaN: it becomes null.</summary>
    static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } v && double.IsFinite(v)) json.WriteNumber(name, v);
        else json.WriteNull(name);
    }
}
