namespace GpuLab.Results;

/// <summary>
/// Reads run folders, finished or being written. Columns and kinds of event that are not known are passed over;
/// unknown kinds stay in the list as plain <see cref="RunEvent"/>s.
/// </summary>
public static class RunFolderReader
{
    /// <summary>Everything of the finished trials.</summary>
    /// <exception cref="RunFolderException">Not a run folder, newer schema, a file missing or damaged; names file, line and remedy.</exception>
    public static RunData Read(string path)
    {
        path = Path.GetFullPath(path);
        var info = RunDocuments.ReadInfo(path);
        var plan = RunDocuments.ReadPlan(path);
        var log = EventLog.Read(Path.Combine(path, RunFiles.Events));
        var done = log.Events.OfType<TrialDone>().ToArray();
        var finished = log.Finished();
        var samples = CsvRows.Read<SampleRow>(Path.Combine(path, RunFiles.Samples), Ends(done, d => d.SamplesLength), finished.Contains);
        var telemetry = CsvRows.Read<TelemetryRow>(Path.Combine(path, RunFiles.Telemetry), Ends(done, d => d.TelemetryLength), t => t.Length == 0 || finished.Contains(t));
        return new(path, info, plan, samples, telemetry, log.Events);
    }

    /// <summary>Only <c>run.json</c>.</summary>
    /// <exception cref="RunFolderException">Not a run folder, newer schema, damaged.</exception>
    public static RunInfo ReadInfo(string path) => RunDocuments.ReadInfo(Path.GetFullPath(path));

    static List<long> Ends(TrialDone[] done, Func<TrialDone, long> length)
    {
        var ends = new List<long>();
        foreach (var end in done.Select(length))
            if (ends.Count == 0 || end > ends[^1]) ends.Add(end);
        return ends;
    }
}
