using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Host;
using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>
/// Several threads read at once, past the page cache where the weights are on disk, into a pool of pinned blocks; copies start with the first chunk.
/// From the page cache and from pinned memory each processor of the slice brings its part to its place.
/// </summary>
sealed unsafe class PipelinedLoader : ILoader
{
    readonly ChunkPipeline? pipeline;
    readonly StraightLoad? straight;
    readonly PinnedMemory? pool, source;
    readonly Dictionary<string, string> facts;

    public PipelinedLoader(LoadFiles files, LoadTier tier, byte* target, IReadOnlyList<int> cpus, Parameters parameters)
    {
        var team = Team.For(cpus);
        facts = [];
        switch (tier)
        {
            case LoadTier.Pinned:
                source = new(files.Room);
                Fill(files);
                straight = new(files, source.Start, target, team);
                facts["pinned"] = source.Locked;
                break;
            case LoadTier.Warm:
                straight = new(files, files.Open(direct: false)!, target, team);
                break;
            default:
                var (chunk, readers) = (LoadInfo.ChunkOf(parameters), LoadInfo.ThreadsOf(parameters));
                var blocks = (int)Math.Min(LoadInfo.PoolOf(parameters) / chunk, int.MaxValue);
                if (blocks < 1) throw new ProbeSkippedException("the pool has no room for one chunk");
                var direct = files.Open(direct: true);
                pool = new((long)blocks * chunk);
                pipeline = new(files, direct ?? files.Open(direct: false)!, target, chunk, pool, blocks, readers, cpus.Count, cpus);
                facts["chunk"] = Units.BytesText(chunk);
                facts["pool"] = string.Create(CultureInfo.InvariantCulture, $"{Units.BytesText((long)blocks * chunk)}, {blocks} blocks");
                facts["pinned"] = pool.Locked;
                facts["read"] = direct is not null ? "past the page cache (O_DIRECT)" : $"WARNING: through the page cache, because {files.FileSystem} refuses O_DIRECT";
                facts["threads"] = string.Create(CultureInfo.InvariantCulture, $"{readers} read, {cpus.Count} copy");
                break;
        }
        if (straight is not null) facts["threads"] = team.Count.ToString(CultureInfo.InvariantCulture);
    }

    public IEnumerable<KeyValuePair<string, string>> Facts => source is not null || straight is null ? facts
        : [.. facts, new("read", straight.Mapped ? "from the page cache, mapped while a lease keeps the files from changing" : "from the page cache, by calls, through each core's cache")];

    public LoadTimes Load() => pipeline?.Load() ?? straight!.Load();

    /// <summary>Reads everything from disk and copies nothing.</summary>
    public LoadTimes ReadOnly() => pipeline!.Load(copy: false);

    public void Dispose()
    {
        pipeline?.Dispose();
        straight?.Dispose();
        pool?.Dispose();
        source?.Dispose();
    }

    void Fill(LoadFiles files)
    {
        var descriptors = files.Open(direct: false)!;
        foreach (var chunk in files.Chunks(8 << 20))
        {
            var got = LoadFiles.Read(descriptors[chunk.File], chunk, source!.Start + chunk.Target);
            if (got < chunk.Length) throw new ProbeSkippedException(files.Reason(chunk, got));
        }
    }
}
