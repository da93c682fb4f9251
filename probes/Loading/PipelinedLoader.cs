using System.Globalization;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>
/// Several threads read at once, past the page cache where the weights are on disk, into a pool of pinned blocks; copies start with the first chunk.
/// From the page cache each thread copies through its core's cache to the place, from pinned memory straight to it.
/// </summary>
sealed unsafe class PipelinedLoader : ILoader
{
    readonly ChunkPipeline pipeline;
    readonly PinnedMemory? pool, source;
    readonly Dictionary<string, string> facts;

    public PipelinedLoader(LoadFiles files, LoadTier tier, byte* target, IReadOnlyList<int> cpus, Parameters parameters)
    {
        var (chunk, readers) = (LoadInfo.ChunkOf(parameters), LoadInfo.ThreadsOf(parameters));
        var blocks = (int)Math.Min(LoadInfo.PoolOf(parameters) / chunk, int.MaxValue);
        if (blocks < 1) throw new ProbeSkippedException("the pool has no room for one chunk");
        facts = new() { ["chunk"] = Units.BytesText(chunk) };
        if (tier == LoadTier.Pinned)
        {
            source = new(files.Room);
            facts["pinned"] = source.Locked;
            (pipeline, readers) = (new(files, source.Start, target, chunk, cpus), cpus.Count);
            Fill(files);
        }
        else
        {
            var direct = tier == LoadTier.Cold ? files.Open(direct: true) : null;
            if (tier == LoadTier.Cold)
            {
                pool = new((long)blocks * chunk);
                facts["pool"] = string.Create(CultureInfo.InvariantCulture, $"{Units.BytesText((long)blocks * chunk)}, {blocks} blocks");
                facts["pinned"] = pool.Locked;
            }
            facts["read"] = direct is not null ? "past the page cache (O_DIRECT)"
                : tier == LoadTier.Cold ? $"WARNING: through the page cache, because {files.FileSystem} refuses O_DIRECT" : "from the page cache, through each core's cache to the place";
            pipeline = new(files, direct ?? files.Open(direct: false)!, target, chunk, pool, pool is null ? 0 : blocks, readers, cpus.Count, cpus);
        }
        facts["threads"] = string.Create(CultureInfo.InvariantCulture, $"{readers} read{(pool is null ? "" : string.Create(CultureInfo.InvariantCulture, $", {cpus.Count} copy"))}");
    }

    public IEnumerable<KeyValuePair<string, string>> Facts => facts;

    public LoadTimes Load() => pipeline.Load();

    /// <summary>Reads everything and copies nothing.</summary>
    public LoadTimes ReadOnly() => pipeline.Load(copy: false);

    public void Dispose()
    {
        pipeline.Dispose();
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
