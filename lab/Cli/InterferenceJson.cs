using System.Text.Json;
using GpuLab.Statistics;

namespace GpuLab.Cli;

/// <summary>What slices do to each other, for scripts: layouts in numbers, curves and checks. Matrices are the couplings of mode matrix.</summary>
static class InterferenceJson
{
    public static void Write(Utf8JsonWriter writer, Interference found)
    {
        Array(writer, "layouts", found.Layouts, Write);
        Array(writer, "contention", found.Contention, Write);
        Array(writer, "dials", found.Dials, Write);
        Array(writer, "null_checks", found.Nulls, Write);
        if (NullRate.Of(found.Nulls) is { } rate)
        {
            writer.WriteStartObject("null_rate");
            writer.WriteNumber("comparisons", rate.Comparisons);
            writer.WriteNumber("different", rate.Alarms);
            writer.WriteNumber("undecided", rate.Undecided);
            writer.WriteEndObject();
        }
        if (found.Missing is not { } missing) return;
        writer.WriteStartObject("undecided");
        writer.WriteNumber("verdicts", missing.Undecided);
        writer.WriteNumber("would_be_decided", missing.Within);
        writer.WriteNumber("repeats", missing.Repeats);
        writer.WriteNumber("seconds", missing.Seconds);
        writer.WriteEndObject();
    }

    /// <summary>Causes of a slowdown, where the data say them.</summary>
    public static void Causes(Utf8JsonWriter writer, IReadOnlyList<Attribution> causes) => Array(writer, "causes", causes, cause =>
    {
        writer.WriteString("cause", cause.Cause.ToString().ToLowerInvariant());
        SummaryJson.Number(writer, "part", cause.Part);
        writer.WriteString("reason", cause.Reason);
    });

    static void Write(Utf8JsonWriter writer, LayoutIndex layout)
    {
        writer.WriteString("layout", layout.Layout);
        SummaryJson.Number(writer, "isolation", layout.Isolation);
        writer.WriteStartObject("by_resource");
        foreach (var resource in layout.Resources) SummaryJson.Number(writer, resource.Resource.ToString().ToLowerInvariant(), resource.Isolation);
        writer.WriteEndObject();
        Array(writer, "probes", layout.Probes, probe =>
        {
            writer.WriteString("probe", probe.Probe.Id);
            writer.WriteString("parameters", probe.Parameters.ToString());
            SummaryJson.Number(writer, "worst", probe.Worst);
            writer.WriteString("worst_case", probe.WorstCase.Name);
            if (probe.Together is { } together)
            {
                writer.WriteNumber("slices", together.Slices);
                SummaryJson.Number(writer, "aggregate", together.Aggregate);
                SummaryJson.Number(writer, "total_progress", together.Throughput);
                SummaryJson.Number(writer, "mean_slowdown", together.Turnaround);
                SummaryJson.Number(writer, "jain", together.Jain);
                SummaryJson.Number(writer, "evenness", together.Evenness);
            }
            if (probe.SumOverWhole is { } sum) SummaryJson.Number(writer, "sum_over_whole", sum);
            if (probe.Tax is { } tax) SummaryJson.Number(writer, "partition_tax", tax);
        });
    }

    static void Write(Utf8JsonWriter writer, ContentionCurve curve)
    {
        writer.WriteString("layout", curve.Layout);
        writer.WriteString("metric", curve.Probe.Main.Id);
        writer.WriteString("parameters", curve.Parameters.ToString());
        Array(writer, "points", curve.Points, point =>
        {
            writer.WriteNumber("slices", point.Slices);
            SummaryJson.Number(writer, "aggregate", point.Aggregate);
            SummaryJson.Number(writer, "ideal", point.Ideal);
            SummaryJson.Number(writer, "worst", point.Worst);
            SummaryJson.Number(writer, "jain", point.Jain);
            writer.WriteStartArray("flags");
            foreach (var flag in point.Doubts) writer.WriteStringValue(flag);
            writer.WriteEndArray();
        });
    }

    static void Write(Utf8JsonWriter writer, DialCurve dial)
    {
        writer.WriteString("layout", dial.Layout);
        writer.WriteString("victim", dial.Victim);
        writer.WriteString("metric", dial.Probe.Main.Id);
        writer.WriteString("parameters", dial.Parameters.ToString());
        writer.WriteString("aggressors", dial.Aggressors);
        Array(writer, "points", dial.Points, point =>
        {
            writer.WriteNumber("duty", point.Duty);
            SummaryJson.Number(writer, "achieved", point.Achieved);
            SummaryJson.Number(writer, "kept", point.Coupling.Ratio.Ratio);
            writer.WriteString("verdict", point.Coupling.Verdict.ToString());
        });
    }

    static void Write(Utf8JsonWriter writer, NullCheck check)
    {
        writer.WriteString("layout", check.First.Together.Layout);
        writer.WriteString("slice", check.First.Together.Slice);
        writer.WriteString("metric", check.First.Together.Metric.Id);
        writer.WriteString("parameters", check.First.Together.Parameters.ToString());
        writer.WriteString("first", check.First.Verdict.ToString());
        writer.WriteString("second", check.Second.Verdict.ToString());
        writer.WriteString("verdict", check.Verdict.ToString());
        var interval = check.Ratio.Interval(Verdicts.Confidence);
        SummaryJson.Number(writer, "ratio", check.Ratio.Ratio);
        SummaryJson.Number(writer, "low", interval.Low);
        SummaryJson.Number(writer, "high", interval.High);
    }

    internal static void Array<T>(Utf8JsonWriter writer, string name, IReadOnlyList<T> all, Action<Utf8JsonWriter, T> one) => Array(writer, name, all, item => one(writer, item));

    static void Array<T>(Utf8JsonWriter writer, string name, IReadOnlyList<T> all, Action<T> one)
    {
        writer.WriteStartArray(name);
        foreach (var item in all)
        {
            writer.WriteStartObject();
            one(item);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
