namespace GpuLab.Results;

/// <summary>A run folder in memory: what every report, comparison and table is made from.</summary>
/// <param name="Samples">Rows of finished trials only, in file order.</param>
/// <param name="Events">All of them: also those of attempts that were not finished, so of two records about the same trial and slice the later one counts.</param>
public sealed record RunData(string Folder, RunInfo Info, PlanDocument Plan, IReadOnlyList<SampleRow> Samples,
    IReadOnlyList<TelemetryRow> Telemetry, IReadOnlyList<RunEvent> Events);
