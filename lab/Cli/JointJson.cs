using System.Text.Json;
using GpuLab.Reports.Joint;
using GpuLab.Statistics;

namespace GpuLab.Cli;

/// <summary>One slice against several as one, for scripts.</summary>
static class JointJson
{
    public static void Write(Utf8JsonWriter writer, Analysis analysis) => InterferenceJson.Array(writer, "joint", JointStudy.Of(analysis.Figures), (_, study) =>
    {
        writer.WriteString("probe", study.Probe.Id);
        writer.WriteString("parameters", study.What.ToString());
        InterferenceJson.Array(writer, "ways", study.Ways, (_, way) => Write(writer, study, way));
        writer.WriteStartArray("verdicts");
        foreach (var verdict in study.Verdicts) writer.WriteStringValue(verdict);
        writer.WriteEndArray();
    });

    static void Write(Utf8JsonWriter writer, JointStudy study, JointWay way)
    {
        writer.WriteString("layout", way.Layout);
        writer.WriteNumber("slices", way.Slices);
        foreach (var (name, value) in way.Parameters) writer.WriteNumber(name, value.Number);
        foreach (var figure in way.Figures) SummaryJson.Number(writer, figure.Metric.Name, figure.Value);
        if (study.Ratio(way) is not { } ratio) return;
        SummaryJson.Number(writer, "ratio", ratio.Value);
        SummaryJson.Number(writer, "low", ratio.Low);
        SummaryJson.Number(writer, "high", ratio.High);
        writer.WriteString("verdict", ratio.Verdict);
    }
}
