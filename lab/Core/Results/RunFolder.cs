using System.Runtime.InteropServices;

namespace GpuLab.Results;

/// <summary>
/// A run folder being written: rows and events are appended, and a trial counts from the moment <see cref="FinishTrial"/> returns.
/// A kill, a full disk or a power cut at any moment costs the trial in flight and nothing else. One writer at a time; safe to call from several threads.
/// </summary>
/// <remarks>After a <see cref="RunFolderException"/> rows are refused until <see cref="AbandonTrial"/> has cleared up.</remarks>
public sealed partial class RunFolder : IDisposable
{
    readonly Lock gate = new();
    readonly FolderLock folderLock;
    readonly CsvAppender<SampleRow> samples;
    readonly CsvAppender<TelemetryRow> telemetry;
    readonly AppendFile events;
    readonly HashSet<string> finished;
    long samplesKept, telemetryKept;
    RunFolderException? failure;
    bool disposed;

    RunFolder(string path, FolderLock folderLock, RunInfo info, PlanDocument plan, EventLog log)
    {
        (Path, this.folderLock, Info, Plan, finished) = (path, folderLock, info, plan, log.Finished());
        try
        {
            samples = new(System.IO.Path.Combine(path, RunFiles.Samples), log.Last?.SamplesLength ?? 0);
            telemetry = new(System.IO.Path.Combine(path, RunFiles.Telemetry), log.Last?.TelemetryLength ?? 0);
            events = new(System.IO.Path.Combine(path, RunFiles.Events));
            events.SetLength(log.Length);
            (samplesKept, telemetryKept) = (samples.Length, telemetry.Length);
            samples.Sync();
            telemetry.Sync();
            events.Sync();
            Directory.CreateDirectory(System.IO.Path.Combine(path, RunFiles.Workers));
            Directory.CreateDirectory(System.IO.Path.Combine(path, RunFiles.Blobs));
            EmptyScratch();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Full path of the folder.</summary>
    public string Path { get; }

    public RunInfo Info { get; private set; }

    public PlanDocument Plan { get; }

    /// <summary>Ids of the trials that need not run again, whatever their status.</summary>
    public IReadOnlySet<string> Finished => finished;

    /// <summary>Rows of the trial in flight. They reach the disk when it is finished.</summary>
    public void Append(ReadOnlySpan<SampleRow> rows)
    {
        lock (gate) Append(samples, rows);
    }

    public void Append(IReadOnlyList<SampleRow> rows) => Append(Span(rows));

    /// <summary>Readings of the trial in flight.</summary>
    public void Append(ReadOnlySpan<TelemetryRow> rows)
    {
        lock (gate) Append(telemetry, rows);
    }

    public void Append(IReadOnlyList<TelemetryRow> rows) => Append(Span(rows));

    /// <summary>Something that happened. Handed to the system at once, on the disk with the next finished trial.</summary>
    public void Append(RunEvent record)
    {
        if (record is TrialDone) throw new ArgumentException("A trial is finished by FinishTrial, which knows the lengths.", nameof(record));
        lock (gate) Guarded(events.Path, () => events.Write(EventLog.Line(record)));
    }

    /// <inheritdoc cref="Append(RunEvent)"/>
    public void Append(IReadOnlyList<RunEvent> records)
    {
        if (records.OfType<TrialDone>().Any()) throw new ArgumentException("A trial is finished by FinishTrial, which knows the lengths.", nameof(records));
        using var lines = new MemoryStream();
        foreach (var record in records) lines.Write(EventLog.Line(record));
        lock (gate) Guarded(events.Path, () => events.Write(lines.GetBuffer().AsSpan(0, (int)lines.Length)));
    }

    /// <summary>Makes the trial count: its rows are on the disk first, then the record that says so. Empties the scratch folder.</summary>
    /// <exception cref="RunFolderException">The trial is not finished; those before it are.</exception>
    public TrialDone FinishTrial(TrialOutcome outcome)
    {
        lock (gate)
        {
            if (finished.Contains(outcome.Trial)) throw new ArgumentException($"Trial '{outcome.Trial}' is finished already.", nameof(outcome));
            RequireWhole();
            Settle(samples);
            Settle(telemetry);
            var done = new TrialDone(outcome.TimeNs, outcome.Trial, outcome.Status, outcome.Reason, outcome.Flags,
                samples.Length, telemetry.Length, outcome.WallSeconds, outcome.TimedSeconds);
            EmptyScratch();
            AppendSynced(EventLog.Line(done));
            (samplesKept, telemetryKept) = (done.SamplesLength, done.TelemetryLength);
            finished.Add(done.Trial);
            return done;
        }
    }

    /// <summary>Forgets the rows of the trial in flight; its events stay. Also the way on after a full disk.</summary>
    public void AbandonTrial()
    {
        lock (gate)
        {
            Guarded(samples.Path, () => samples.Cut(samplesKept));
            Guarded(telemetry.Path, () => telemetry.Cut(telemetryKept));
            failure = null;
            EmptyScratch();
        }
    }

    /// <summary>Writes how the execution ended into <c>run.json</c>. Rows of an unfinished trial are dropped.</summary>
    public void End(DateTimeOffset end, int exit)
    {
        AbandonTrial();
        lock (gate)
        {
            Guarded(events.Path, events.Sync);
            var ended = Info with { End = end, Exit = exit, Done = finished.Count, Trials = Plan.Trials.Count };
            Guarded(System.IO.Path.Combine(Path, RunFiles.Run), () => RunDocuments.Write(Path, ended));
            Info = ended;
        }
    }

    /// <summary>Where the standard error of a slice's worker goes.</summary>
    public string WorkerLog(string slice) => System.IO.Path.Combine(Path, RunFiles.Workers, RunFiles.Safe(slice) + ".log");

    /// <summary>Where a large binary is put; its path relative to the folder, <c>blobs/NAME</c>, belongs into an event.</summary>
    public string Blob(string name) => System.IO.Path.Combine(Path, RunFiles.Blobs, RunFiles.Safe(name));

    /// <summary>Moves what a probe has left to stay under <c>blobs</c> and says so in an event; of a trial that is repeated the later file replaces the earlier.</summary>
    public void Keep(long timeNs, string trial, string slice, string file)
    {
        var blob = Blob($"{trial}-{slice}-{System.IO.Path.GetFileName(file)}");
        Guarded(blob, () => File.Move(file, blob, overwrite: true));
        Append(new TrialBlob(timeNs, trial, slice, $"{RunFiles.Blobs}/{System.IO.Path.GetFileName(blob)}"));
    }

    /// <summary>A folder that a slice's probe may write to, made on demand and emptied when the trial ends.</summary>
    public string Scratch(string slice)
    {
        var scratch = System.IO.Path.Combine(Path, RunFiles.Scratch, RunFiles.Safe(slice));
        Guarded(scratch, () => Directory.CreateDirectory(scratch));
        return scratch;
    }

    /// <summary>Lets go of the folder. Rows of an unfinished trial are dropped; a run that was not ended can be resumed.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (disposed) return;
            disposed = true;
            samples?.Dispose();
            telemetry?.Dispose();
            events?.Dispose();
            folderLock.Dispose();
        }
    }

    void Append<T>(CsvAppender<T> file, ReadOnlySpan<T> rows) where T : struct, ICsvRow<T>
    {
        RequireWhole();
        try
        {
            file.Append(rows);
        }
        catch (Exception e) when (IsStorage(e))
        {
            throw failure = RunFolderException.Writing(file.Path, e);
        }
    }

    void Settle<T>(CsvAppender<T> file) where T : struct, ICsvRow<T>
    {
        try
        {
            file.Flush();
            file.Sync();
        }
        catch (Exception e) when (IsStorage(e))
        {
            throw failure = RunFolderException.Writing(file.Path, e);
        }
    }

    /// <summary>A trial of which rows were lost must not be finished as if nothing had happened.</summary>
    void RequireWhole()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (failure is not null) throw new RunFolderException(failure.Message, failure);
    }

    void AppendSynced(byte[] line)
    {
        var before = events.Length;
        try
        {
            events.Write(line);
            events.Sync();
        }
        catch (Exception e) when (IsStorage(e))
        {
            failure = RunFolderException.Writing(events.Path, e);
            // Not known to be on the disk, so it must not be there at all.
            if (events.Length != before) Guarded(events.Path, () => events.SetLength(before));
            throw failure;
        }
    }

    void EmptyScratch()
    {
        var scratch = System.IO.Path.Combine(Path, RunFiles.Scratch);
        if (Directory.Exists(scratch)) Guarded(scratch, () => Directory.Delete(scratch, recursive: true));
    }

    static ReadOnlySpan<T> Span<T>(IReadOnlyList<T> rows) => rows switch
    {
        T[] array => array,
        List<T> list => CollectionsMarshal.AsSpan(list),
        _ => rows.ToArray(),
    };

    static bool IsStorage(Exception e) => e is IOException or UnauthorizedAccessException;

    static void Guarded(string path, Action write) => Guarded(path, RunFolderException.Saved, () =>
    {
        write();
        return 0;
    });

    static T Guarded<T>(string path, string remedy, Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (IsStorage(e))
        {
            throw RunFolderException.Writing(path, e, remedy);
        }
    }
}
