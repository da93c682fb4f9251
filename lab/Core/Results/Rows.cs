using System.Text.Json.Serialization;
using CsvHelper;

namespace GpuLab.Results;

/// <summary>The part of a trial a sample belongs to; <see cref="PhaseNames"/> has the names in files.</summary>
[JsonConverter(typeof(PhaseConverter))]
public enum Phase
{
    Warmup, Solo, SoloBefore, Together, SoloAfter,

    /// <summary>Of figures, not of rows: several slices at once, of which it is not proven that they worked at the same time.</summary>
    Interleaved,
}

/// <summary>One row of <c>samples.csv</c>. Times are nanoseconds on the common clock of the trial; the value is SI.</summary>
/// <param name="Metric">Name of the metric without its probe, such as <c>bandwidth</c>.</param>
/// <param name="K">Operations in the timed region.</param>
/// <param name="Flags">Space-separated words, usually empty.</param>
public readonly record struct SampleRow(string Trial, int Repeat, string Slice, Phase Phase, long Index, string Metric,
    long StartNs, long EndNs, long K, double Value, string Flags) : ICsvRow<SampleRow>
{
    /// <summary>The flag of every sample of a simulated device, so that the file alone says what it holds.</summary>
    public const string Simulated = "simulated";

    /// <summary>The flag of samples taken together by slices that may have taken turns.</summary>
    public const string Interleaved = "interleaved";

    static string[] ICsvRow<SampleRow>.Columns { get; } =
        ["trial", "repeat", "slice", "phase", "index", "metric", "start_ns", "end_ns", "k", "value", "flags"];

    static void ICsvRow<SampleRow>.Write(CsvWriter csv, in SampleRow row)
    {
        csv.WriteField(row.Trial);
        csv.WriteField(row.Repeat);
        csv.WriteField(row.Slice);
        csv.WriteField(row.Phase.Name());
        csv.WriteField(row.Index);
        csv.WriteField(row.Metric);
        csv.WriteField(row.StartNs);
        csv.WriteField(row.EndNs);
        csv.WriteField(row.K);
        csv.WriteField(row.Value);
        csv.WriteField(row.Flags);
    }

    static SampleRow ICsvRow<SampleRow>.Read(CsvCursor row) => new(row.Text(0), row.Int32(1), row.Text(2), row.Phase(3), row.Int64(4), row.Text(5),
        row.Int64(6), row.Int64(7), row.Int64(8), row.Double(9), row.Text(10));

    static IRowList<SampleRow> ICsvRow<SampleRow>.List() => new SampleTable();
}

/// <summary>One row of <c>telemetry.csv</c>.</summary>
/// <param name="Trial">Empty for readings outside trials.</param>
public readonly record struct TelemetryRow(string Trial, long TimeNs, string Scope, string Field, double Value) : ICsvRow<TelemetryRow>
{
    static string[] ICsvRow<TelemetryRow>.Columns { get; } = ["trial", "time_ns", "scope", "field", "value"];

    static void ICsvRow<TelemetryRow>.Write(CsvWriter csv, in TelemetryRow row)
    {
        csv.WriteField(row.Trial);
        csv.WriteField(row.TimeNs);
        csv.WriteField(row.Scope);
        csv.WriteField(row.Field);
        csv.WriteField(row.Value);
    }

    static TelemetryRow ICsvRow<TelemetryRow>.Read(CsvCursor row) => new(row.Text(0), row.Int64(1), row.Text(2), row.Text(3), row.Double(4));

    static IRowList<TelemetryRow> ICsvRow<TelemetryRow>.List() => new RowList<TelemetryRow>();
}
