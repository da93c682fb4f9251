using System.Globalization;

namespace GpuLab.Results;

/// <summary>What must hold before anything is written into a folder.</summary>
static class RunFolderChecks
{
    public static void RequireEmpty(string path)
    {
        // What a start leaves that died before run.json was there.
        string[] own = [RunFiles.Lock, RunFiles.Owner, RunFiles.Plan, RunFiles.Plan + ".tmp", RunFiles.Run + ".tmp", RunFiles.Samples, RunFiles.Telemetry, RunFiles.Events, RunFiles.Workers, RunFiles.Blobs];
        var entries = Directory.GetFileSystemEntries(path).Select(e => Path.GetFileName(e)!).Order(StringComparer.Ordinal).ToArray();
        if (entries.Length == 0 || (entries.Contains(RunFiles.Lock) && entries.All(own.Contains))) return;
        throw new RunFolderException($"'{path}' is not empty and not a run of gpulab (it has '{entries[0]}'). Choose a new or an empty folder.");
    }

    public static void RequireSame(string path, string what, string found, string wanted)
    {
        if (found != wanted)
            throw new RunFolderException($"'{path}' was started with another {what} ({found}, now {wanted}); its figures cannot be continued. Resume with the {what} that it was started with, or start a new run.");
    }

    public static void RequireLength(string path, long recorded)
    {
        var file = new FileInfo(path);
        if (!file.Exists) throw RunFolderException.Reading(path, new FileNotFoundException());
        if (file.Length < recorded)
            throw new RunFolderException(string.Create(CultureInfo.InvariantCulture,
                $"'{path}' has {file.Length} bytes, but {RunFiles.Events} says that {recorded} were saved: it was cut or replaced. Restore it from a copy, or start a new run."));
    }
}
