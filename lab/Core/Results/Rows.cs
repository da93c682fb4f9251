namespace GpuLab.Results;

/// <summary>The part of a trial a sample belongs to; the names are those in <c>samples.csv</c>.</summary>
public enum Phase { Warmup, Solo, SoloBefore, Together, SoloAfter }

/// <summary>One row of <c>samples.csv</c>. Times are nanoseconds on the common clock of the trial; the value is SI.</summary>
/// <param name="Metric">Name of the metric without its probe, such as <c>bandwidth</c>.</param>
/// <param name="K">Operations in the timed region.</param>
/// <param name="Flags">Space-separated words, usually empty.</param>
public readonly record struct SampleRow(string Trial, int Repeat, string Slice, Phase Phase, long Index, string Metric,
    long StartNs, long EndNs, long K, double Value, string Flags);

/// <summary>One row of <c>telemetry.csv</c>.</summary>
public readonly record struct TelemetryRow(string Trial, long TimeNs, string Scope, string Field, double Value);
