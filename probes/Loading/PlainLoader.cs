using GpuLab.Model;
using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Host;
using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>The baseline: one thread reads everything through the page cache, in order; then all of it is copied.</summary>
sealed unsafe class PlainLoader : ILoader
{
    const int Block = 8 << 20;

    readonly LoadFiles files;
    readonly ILoadPlace place;
    readonly LoadChunk[] chunks;
    readonly int[] descriptors;
    readonly PinnedMemory? pinned;
    readonly HostBlock? staging;

    /// <param name="cpus">Whose threads touch first what is read to.</param>
    public PlainLoader(LoadFiles files, LoadTier tier, ILoadPlace place, IReadOnlyList<int> cpus)
    {
        (this.files, this.place) = (files, place);
        chunks = files.Chunks(Block);
        descriptors = files.Open(direct: false)!;
        if (tier == LoadTier.Pinned) pinned = place.Pin(files.Room);
        else staging = HostMemory.Rent(files.Room, cpus, "weights as read");
        // Pages are faulted in, and pinned memory gets what it holds from now on.
        ReadAll();
    }

    public IEnumerable<KeyValuePair<string, string>> Facts =>
    [
        new("read", pinned is null ? $"one thread, {Units.BytesText(Block)} a call, through the page cache" : "once, before the first load"),
        new("pinned", pinned?.Locked ?? "no"),
        new("copy", place.Copying),
    ];

    byte* Memory => pinned is null ? staging!.Start : pinned.Start;

    public LoadTimes Load()
    {
        var start = Monotonic.Now;
        if (pinned is null) ReadAll();
        var read = pinned is null ? Monotonic.Now : start;
        place.CopyAll(Memory);
        return new(start, read, Monotonic.Now);
    }

    public void Dispose()
    {
        pinned?.Dispose();
        staging?.Dispose();
    }

    void ReadAll()
    {
        foreach (ref readonly var chunk in chunks.AsSpan())
        {
            var got = LoadFiles.Read(descriptors[chunk.File], chunk, Memory + chunk.Target);
            if (got < chunk.Length) throw new CheckpointException(files.Reason(chunk, got));
        }
    }
}
