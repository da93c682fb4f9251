using GpuLab.Model;
using GpuLab.Probes.Checkpoints;
using GpuLab.Probes.Host;
using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>The baseline: one thread reads everything through the page cache, in order; then all processors of the slice copy it.</summary>
sealed unsafe class PlainLoader : ILoader
{
    const int Block = 8 << 20;

    readonly LoadFiles files;
    readonly LoadChunk[] chunks;
    readonly int[] descriptors;
    readonly PinnedMemory? pinned;
    readonly HostBlock? staging;
    readonly Team team;
    readonly CopyAll copy;

    public PlainLoader(LoadFiles files, LoadTier tier, byte* target, Team team)
    {
        (this.files, this.team) = (files, team);
        chunks = files.Chunks(Block);
        descriptors = files.Open(direct: false)!;
        if (tier == LoadTier.Pinned) pinned = new(files.Room);
        else staging = HostMemory.Rent(files.Room, team.Cpus, "weights as read");
        copy = new(Memory, target, files.Room, team.Count);
        // Pages are faulted in, and pinned memory gets what it holds from now on.
        ReadAll();
    }

    public IEnumerable<KeyValuePair<string, string>> Facts =>
    [
        new("read", pinned is null ? $"one thread, {Units.BytesText(Block)} a call, through the page cache" : "once, before the first load"),
        new("pinned", pinned?.Locked ?? "no"),
        new("copy", $"{team.Count} threads"),
    ];

    byte* Memory => pinned is null ? staging!.Start : pinned.Start;

    public LoadTimes Load()
    {
        var start = Monotonic.Now;
        if (pinned is null) ReadAll();
        var read = pinned is null ? Monotonic.Now : start;
        team.Run(copy);
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

    /// <summary>Each thread copies its part, in whole pages.</summary>
    sealed class CopyAll(byte* from, byte* to, long length, int threads) : TeamWork
    {
        public override void Run(int thread)
        {
            var pages = length / LoadFiles.Page;
            var (first, end) = (pages * thread / threads * LoadFiles.Page, pages * (thread + 1) / threads * LoadFiles.Page);
            ChunkPipeline.Place(from + first, to + first, end - first);
        }
    }
}
