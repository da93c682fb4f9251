using System.Globalization;

namespace GpuLab.Results;

public sealed partial class RunFolder
{
    /// <summary>Starts a run in a new or empty folder.</summary>
    /// <exception cref="RunFolderException">Not empty, held by another process, not writable, disk full.</exception>
    public static RunFolder Create(string path, RunInfo info, PlanDocument plan) => Guarded(path, "Nothing was measured; choose another folder, or make room or access.", () =>
    {
        path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        Directory.CreateDirectory(path);
        var isRun = File.Exists(System.IO.Path.Combine(path, RunFiles.Run));
        if (!isRun) RunFolderChecks.RequireEmpty(path);
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
                DurableFile.SyncFolder(System.IO.Path.GetDirectoryName(path) ?? path);
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
    public static RunFolder Resume(string path, RunInfo info) => Guarded(path, RunFolderException.Saved, () =>
    {
        path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        RunDocuments.ReadInfo(path);
        return Held(path, folderLock =>
        {
            var found = RunDocuments.ReadInfo(path);
            RunFolderChecks.RequireSame(path, "sweep", found.SweepHash, info.SweepHash);
            RunFolderChecks.RequireSame(path, "seed", found.Seed.ToString(CultureInfo.InvariantCulture), info.Seed.ToString(CultureInfo.InvariantCulture));
            RunFolderChecks.RequireSame(path, "device", found.Device, info.Device);
            var log = EventLog.Read(System.IO.Path.Combine(path, RunFiles.Events));
            RunFolderChecks.RequireLength(System.IO.Path.Combine(path, RunFiles.Samples), log.Last?.SamplesLength ?? 0);
            RunFolderChecks.RequireLength(System.IO.Path.Combine(path, RunFiles.Telemetry), log.Last?.TelemetryLength ?? 0);
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
}
