using System.Globalization;
using System.Runtime.InteropServices;

namespace GpuLab.Results;

/// <summary>
/// A run folder being written: rows and events are appended, and a trial counts from the moment <see cref="FinishTrial"/> returns.
/// A kill, a full disk or a power cut at any moment costs the trial in flight and nothing else. One writer at a time; safe to call from several threads.
/// </summary>
/// <remarks>After a <see cref="RunFolderException"/> call <see cref="AbandonTrial"/> to go on, or dispose.</remarks>
public sealed class RunFolder : IDisposable
{
    readonly Lock gate = new();
    readonly FolderLock folderLock;
    readonly CsvAppender<SampleRow> samples;
    readonly CsvAppender<TelemetryRow> telemetry;
    readonly AppendFile events;
    readonly HashSet<string> finished;
    long samplesKept, telemetryKept;
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

    /// <summary>Starts a run in a new or empty folder.</summary>
    /// <exception cref="RunFolderException">Not empty, held by another process, not writable, disk full.</exception>
    public static RunFolder Create(string path, RunInfo info, PlanDocument plan) => Guarded(path, () =>
    {
        path = System.IO.Path.GetFullPath(path);
        Directory.CreateDirectory(path);
        var isRun = File.Exists(System.IO.Path.Combine(path, RunFiles.Run));
        if (!isRun) RequireEmpty(path);
        return Held(path, folderLock =>
        {
            if (isRun || File.Exists(System.IO.Path.Combine(path, RunFiles.Run)))
                throw new RunFolderException($"'{path}' holds a run already. Go on with it by --resume, or choose another folder.");
            RunDocuments.Write(path, plan);
            var folder = new RunFolder(path, folderLock, info, plan, new([], 0));
            try
            {
                // Last, so that a folder with run.json is a whole one.
                RunDocuments.Write(path, info);
                return folder;
            }
            catch
            {
                folder.Dispose();
                throw;
            }
        });
    });

    /// <summary>Goes on with a run: cuts off what the unfinished trial left behind and appends from there.</summary>
    /// <param name="info">What would be started now; its sweep, seed and device must be those of the run.</param>
    /// <exception cref="RunFolderException">No run, another sweep, seed or device, newer schema, damaged, held by another process, not writable.</exception>
    public static RunFolder Resume(string path, RunInfo info) => Guarded(path, () =>
    {
        path = System.IO.Path.GetFullPath(path);
        RunDocuments.ReadInfo(path);
        return Held(path, folderLock =>
        {
            var found = RunDocuments.ReadInfo(path);
            RequireSame(path, "sweep", found.SweepHash, info.SweepHash);
            RequireSame(path, "seed", found.Seed.ToString(CultureInfo.InvariantCulture), info.Seed.ToString(CultureInfo.InvariantCulture));
            RequireSame(path, "device", found.Device, info.Device);
            var log = EventLog.Read(System.IO.Path.Combine(path, RunFiles.Events));
            RequireLength(System.IO.Path.Combine(path, RunFiles.Samples), log.Last?.SamplesLength ?? 0);
            RequireLength(System.IO.Path.Combine(path, RunFiles.Telemetry), log.Last?.TelemetryLength ?? 0);
            var folder = new RunFolder(path, folderLock, found with { End = null, Exit = null }, RunDocuments.ReadPlan(path), log);
            try
            {
                if (found.Exit is not null) RunDocuments.Write(path, folder.Info);
                return folder;
            }
            catch
            {
                folder.Dispose();
                throw;
            }
        });
    });

    /// <summary>Rows of the trial in flight. They reach the disk when it is finished.</summary>
    public void Append(ReadOnlySpan<SampleRow> rows)
    {
        lock (gate)
        {
            try
            {
                samples.Append(rows);
            }
            catch (Exception e) when (IsStorage(e))
            {
                throw RunFolderException.Writing(samples.Path, e);
            }
        }
    }

    public void Append(IReadOnlyList<SampleRow> rows) => Append(Span(rows));

    /// <summary>Readings of the trial in flight.</summary>
    public void Append(ReadOnlySpan<TelemetryRow> rows)
    {
        lock (gate)
        {
            try
            {
                telemetry.Append(rows);
            }
            catch (Exception e) when (IsStorage(e))
            {
                throw RunFolderException.Writing(telemetry.Path, e);
            }
        }
    }

    public void Append(IReadOnlyList<TelemetryRow> rows) => Append(Span(rows));

    /// <summary>Something that happened. Handed to the system at once, on the disk with the next finished trial.</summary>
    public void Append(RunEvent record)
    {
        if (record is TrialDone) throw new ArgumentException("A trial is finished by FinishTrial, which knows the lengths.", nameof(record));
        lock (gate) Guarded(events.Path, () => events.Write(EventLog.Line(record)));
    }

    /// <summary>Makes the trial count: its rows are on the disk first, then the record that says so. Empties the scratch folder.</summary>
    /// <exception cref="RunFolderException">The trial is not finished; those before it are.</exception>
    public TrialDone FinishTrial(TrialOutcome outcome)
    {
        lock (gate)
        {
            if (finished.Contains(outcome.Trial)) throw new ArgumentException($"Trial '{outcome.Trial}' is finished already.", nameof(outcome));
            Guarded(samples.Path, () => Settle(samples));
            Guarded(telemetry.Path, () => Settle(telemetry));
            var done = new TrialDone(outcome.TimeNs, outcome.Trial, outcome.Status, outcome.Reason, outcome.Flags,
                samples.Length, telemetry.Length, outcome.WallSeconds, outcome.TimedSeconds);
            Guarded(events.Path, () => AppendSynced(EventLog.Line(done)));
            (samplesKept, telemetryKept) = (done.SamplesLength, done.TelemetryLength);
            finished.Add(done.Trial);
            EmptyScratch();
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
            var ended = Info with { End = end, Exit = exit };
            Guarded(System.IO.Path.Combine(Path, RunFiles.Run), () => RunDocuments.Write(Path, ended));
            Info = ended;
        }
    }

    /// <summary>Where the standard error of a slice's worker goes.</summary>
    public string WorkerLog(string slice) => System.IO.Path.Combine(Path, RunFiles.Workers, RunFiles.Safe(slice) + ".log");

    /// <summary>Where a large binary is put; its path relative to the folder, <c>blobs/NAME</c>, belongs into an event.</summary>
    public string Blob(string name) => System.IO.Path.Combine(Path, RunFiles.Blobs, RunFiles.Safe(name));

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

    static void Settle<T>(CsvAppender<T> file) where T : struct, ICsvRow<T>
    {
        file.Flush();
        file.Sync();
    }

    void AppendSynced(byte[] line)
    {
        var before = events.Length;
        events.Write(line);
        try
        {
            events.Sync();
        }
        catch (IOException)
        {
            // Not known to be on the disk, so it must not be there at all.
            events.SetLength(before);
            throw;
        }
    }

    void EmptyScratch()
    {
        var scratch = System.IO.Path.Combine(Path, RunFiles.Scratch);
        if (Directory.Exists(scratch)) Directory.Delete(scratch, recursive: true);
    }

    static RunFolder Held(string path, Func<FolderLock, RunFolder> open)
    {
        var folderLock = FolderLock.Take(path);
        try
        {
            return open(folderLock);
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    static void RequireEmpty(string path)
    {
        // What a start leaves that died before run.json was there.
        string[] own = [RunFiles.Lock, RunFiles.Owner, RunFiles.Plan, RunFiles.Plan + ".tmp", RunFiles.Run + ".tmp", RunFiles.Samples, RunFiles.Telemetry, RunFiles.Events, RunFiles.Workers, RunFiles.Blobs];
        var entries = Directory.GetFileSystemEntries(path).Select(e => System.IO.Path.GetFileName(e)!).Order(StringComparer.Ordinal).ToArray();
        if (entries.Length == 0 || (entries.Contains(RunFiles.Lock) && entries.All(own.Contains))) return;
        throw new RunFolderException($"'{path}' is not empty and not a run of gpulab (it has '{entries[0]}'). Choose a new or an empty folder.");
    }

    static void RequireSame(string path, string what, string found, string wanted)
    {
        if (found != wanted)
            throw new RunFolderException($"'{path}' was started with another {what} ({found}, now {wanted}); its figures cannot be continued. Resume with the {what} that it was started with, or start a new run.");
    }

    static void RequireLength(string path, long recorded)
    {
        var file = new FileInfo(path);
        if (!file.Exists) throw RunFolderException.Reading(path, new FileNotFoundException());
        if (file.Length < recorded)
            throw new RunFolderException(string.Create(CultureInfo.InvariantCulture,
                $"'{path}' has {file.Length} bytes, but {RunFiles.Events} says that {recorded} were saved: it was cut or replaced. Restore it from a copy, or start a new run."));
    }

    static ReadOnlySpan<T> Span<T>(IReadOnlyList<T> rows) => rows switch
    {
        T[] array => array,
        List<T> list => CollectionsMarshal.AsSpan(list),
        _ => rows.ToArray(),
    };

    static bool IsStorage(Exception e) => e is IOException or UnauthorizedAccessException;

    static void Guarded(string path, Action write) => Guarded(path, () =>
    {
        write();
        return 0;
    });

    static T Guarded<T>(string path, Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (IsStorage(e))
        {
            throw RunFolderException.Writing(path, e);
        }
    }
}
