using System.Text.Json;
using GpuLab.Statistics;

namespace GpuLab.Cli;

/// <summary>Findings as every verb writes them.</summary>
static class FindingJson
{
    public static void Write(Utf8JsonWriter writer, IEnumerable<Finding> findings)
    {
        writer.WriteStartArray("findings");
        foreach (var finding in findings)
        {
            writer.WriteStartObject();
            writer.WriteString("severity", finding.Severity.ToString().ToLowerInvariant());
            writer.WriteString("gate", finding.Gate);
            writer.WriteString("subject", finding.Subject);
            writer.WriteString("message", finding.Message);
            writer.WriteString("remedy", finding.Remedy);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
