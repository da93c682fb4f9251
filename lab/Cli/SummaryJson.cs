using System.Text.Json;
using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Cli;

/// <summary>The figures of a run for scripts: SI values, one object a figure.</summary>
static class SummaryJson
{
    public static void Print(Analysis analysis, string folder, string report)
    {
        using var writer = new Utf8JsonWriter(Console.OpenStandardOutput(), new() { Indented = true });
        writer.WriteStartObject();
        writer.WriteString("run", folder);
        writer.WriteString("report", report);
        writer.WriteString("device", analysis.Run.Info.Device);
        writer.WriteBoolean("simulated", analysis.Run.Info.Simulated);
        writer.WriteStartArray("figures");
        foreach (var figure in analysis.Figures) Write(writer, figure);
        writer.WriteEndArray();
        writer.WriteStartArray("couplings");
        foreach (var coupling in analysis.Couplings) Write(writer, coupling, analysis.Interference.Attributions.GetValueOrDefault(coupling) ?? []);
        writer.WriteEndArray();
        InterferenceJson.Write(writer, analysis.Interference);
        JointJson.Write(writer, analysis);
        FindingJson.Write(writer, analysis.Findings);
        writer.WriteEndObject();
    }

    static void Write(Utf8JsonWriter writer, Coupling coupling, IReadOnlyList<Attribution> causes)
    {
        var (figure, interval) = (coupling.Together, coupling.Ratio.Interval(Verdicts.Confidence));
        writer.WriteStartObject();
        writer.WriteString("layout", figure.Layout);
        writer.WriteString("mode", figure.Mode);
        writer.WriteString("victim", figure.Slice);
        writer.WriteString("phase", figure.Phase.Name());
        writer.WriteString("metric", figure.Metric.Id);
        writer.WriteString("beside", figure.Beside);
        writer.WriteString("verdict", coupling.Verdict.ToString());
        writer.WriteString("reason", coupling.Verdict.Reason);
        writer.WriteNumber("repeats", coupling.Ratio.Repeats);
        Number(writer, "kept", coupling.Ratio.Ratio);
        Number(writer, "low", interval.Low);
        Number(writer, "high", interval.High);
        Number(writer, "smallest_effect", coupling.Ratio.SmallestEffect);
        if (figure.Proof is { } proof)
        {
            Number(writer, "busy", proof.Busy);
            Number(writer, "window", proof.Window);
            Number(writer, "skew", proof.Skew);
            Number(writer, "rate_gap", proof.Gap);
            Number(writer, "waiting", proof.Waiting);
        }
        if (causes.Count > 0) InterferenceJson.Causes(writer, causes);
        writer.WriteEndObject();
    }

    static void Write(Utf8JsonWriter writer, Figure figure)
    {
        writer.WriteStartObject();
        writer.WriteString("layout", figure.Layout);
        writer.WriteString("mode", figure.Mode);
        writer.WriteString("slice", figure.Slice);
        writer.WriteString("phase", figure.Phase.Name());
        writer.WriteString("metric", figure.Metric.Id);
        writer.WriteString("unit", figure.Metric.Unit);
        writer.WriteStartObject("parameters");
        foreach (var (name, value) in figure.Parameters)
        {
            if (value.Word is { } word) writer.WriteString(name, word);
            else writer.WriteNumber(name, value.Number);
        }
        writer.WriteEndObject();
        writer.WriteNumber("samples", figure.Samples);
        writer.WriteNumber("repeats", figure.Repeats);
        Number(writer, "median", figure.Median);
        Number(writer, "low", figure.Interval.Low);
        Number(writer, "high", figure.Interval.High);
        writer.WriteString("interval", figure.Interval.Kind);
        Number(writer, "spread", figure.Spread);
        if (figure.Ceiling is { } ceiling)
        {
            Number(writer, "ceiling", ceiling.Value);
            writer.WriteString("ceiling_source", ceiling.Source);
        }
        if (figure.Overlap is { } overlap) Number(writer, "overlap", overlap);
        writer.WriteStartArray("flags");
        foreach (var flag in figure.Flags) writer.WriteStringValue(flag);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>JSON has no NaN: it becomes null.</summary>
    internal static void Number(Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value)) writer.WriteNumber(name, value);
        else writer.WriteNull(name);
    }
}
