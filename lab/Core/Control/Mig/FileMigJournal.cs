using GpuLab.Results;

namespace GpuLab.Control.Mig;

/// <summary>
/// Keeps a journal for each GPU in a folder, one JSON record a line, on the disk before each call returns; and a lock for each GPU.
/// </summary>
/// <param name="folder">The state directory; made if it is not there.</param>
/// <param name="locks">Where locks lie: one place for all users of the machine.</param>
/// <param name="guard">Called before a GPU's first change, to start who restores it should this process die.</param>
public sealed class FileMigJournal(string folder, string locks, Func<string, IDisposable>? guard = null) : IMigJournal, IDisposable
{
    readonly Dictionary<string, IDisposable> guards = [];
    readonly HashSet<string> owed = [];
    string? open;
    bool failed;

    public string Folder => folder;

    public string PathOf(string gpu) => Path.Combine(folder, gpu + ".jsonl");

    /// <summary>GPUs that something is known about.</summary>
    public IReadOnlyList<string> Gpus => Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "GPU-*.jsonl").Select(f => Path.GetFileNameWithoutExtension(f)).Order()] : [];

    public async ValueTask<IDisposable> Enter(string gpu, TimeSpan wait, CancellationToken cancel) => await MigLock.Take(gpu, locks, wait, cancel);

    public MigStory? Story(string gpu) => MigStory.Read(PathOf(gpu));

    public ValueTask Begin(string gpu, MigSnapshot found, IReadOnlyList<MigStep> steps, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        DurableFile.Replace(PathOf(gpu), new MigRecord.Begun(Now, MigRecord.Current, gpu, BootId.Current, Environment.ProcessId, found, steps).ToLine());
        (open, failed) = (gpu, false);
        owed.Add(gpu);
        if (guard is not null && !guards.ContainsKey(gpu)) guards[gpu] = guard(gpu);
        return default;
    }

    public ValueTask Before(MigStep step, CancellationToken cancel) => Append(new MigRecord.Doing(Now, step));

    public ValueTask After(MigStep step, MigGpuInstance? made, CancellationToken cancel) => Append(new MigRecord.Did(Now, step, made));

    public ValueTask End(string gpu, CancellationToken cancel) => Settle(gpu, new MigRecord.Ended(Now));

    public ValueTask Keep(string gpu, CancellationToken cancel) => Settle(gpu, new MigRecord.Kept(Now));

    public ValueTask Stuck(string gpu, string reason) => Append(new MigRecord.Stuck(Now, reason));

    public ValueTask Resume(MigStory story, CancellationToken cancel)
    {
        // A line torn by the kill would spoil the next one.
        var path = PathOf(story.Gpu);
        var bytes = File.ReadAllBytes(path);
        var whole = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        if (whole < bytes.Length) DurableFile.Replace(path, bytes.AsSpan(0, whole));
        (open, failed) = (story.Gpu, false);
        return default;
    }

    /// <summary>Dismisses the guardians of GPUs that nothing is owed to; the others find this process gone, and act.</summary>
    public void Dispose()
    {
        foreach (var (gpu, one) in guards)
        {
            if (!owed.Contains(gpu)) one.Dispose();
        }
        guards.Clear();
    }

    static DateTimeOffset Now => DateTimeOffset.UtcNow;

    async ValueTask Settle(string gpu, MigRecord record)
    {
        await Append(record);
        owed.Remove(gpu);
    }

    ValueTask Append(MigRecord record)
    {
        // After a failed write the end of the file is not known; what was found stands at its beginning all the same.
        if (failed) throw new IOException($"The journal '{PathOf(open!)}' could not be written before.");
        failed = true;
        using (var file = File.OpenHandle(PathOf(open!), FileMode.Open, FileAccess.Write, FileShare.Read))
        {
            RandomAccess.Write(file, record.ToLine(), RandomAccess.GetLength(file));
            RandomAccess.FlushToDisk(file);
        }
        failed = false;
        return default;
    }
}
