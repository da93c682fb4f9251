using System.Globalization;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>
/// Several threads read at once, past the page cache where the weights are on disk, into a pool of pinned blocks; copies start with the first chunk.
/// To memory of the host each thread copies through its core's cache from the page cache, and straight from pinned memory.
/// </summary>
sealed unsafe class PipelinedLoader : ILoader
{
    readonly ChunkPipeline pipeline;
    readonly PinnedMemory? pool, source;
    readonly Dictionary<string, string> facts;

    public PipelinedLoader(LoadFiles files, LoadTier tier, ILoadPlace place, IReadOnlyList<int> cpus, Parameters parameters)
    {
        var (chunk, readers) = (LoadInfo.ChunkOf(parameters), LoadInfo.ThreadsOf(parameters));
        var blocks = (int)Math.Min(LoadInfo.PoolOf(parameters) / chunk, int.MaxValue);
        if (blocks < 1) throw new ProbeSkippedException("the pool has no room for one chunk");
        facts = new() { ["chunk"] = Units.BytesText(chunk) };
        try
        {
            if (tier == LoadTier.Pinned)
            {
                source = place.Pin(files.Room);
                facts["pinned"] = source.Locked;
                readers = place.IsDevice ? 0 : cpus.Count;
                files.Fill(source.Start);
                pipeline = new(files.InMemory(chunk), files.Reason, place, new(null, source, null, chunk, 0, readers), cpus);
            }
            else
            {
                var direct = tier == LoadTier.Cold ? files.Open(direct: true) : null;
                if (tier == LoadTier.Cold || place.IsDevice)
                {
                    pool = place.Pin((long)blocks * chunk);
                    facts["pool"] = string.Create(CultureInfo.InvariantCulture, $"{Units.BytesText((long)blocks * chunk)}, {blocks} blocks");
                    facts["pinned"] = pool.Locked;
                }
                facts["read"] = direct is not null ? "past the page cache (O_DIRECT)"
                    : tier == LoadTier.Cold ? $"WARNING: through the page cache, because {files.FileSystem} refuses O_DIRECT"
                    : pool is null ? "from the page cache, through each core's cache to the place" : "from the page cache into the pool";
                pipeline = new(files.Chunks(chunk), files.Reason, place, new(direct ?? files.Open(direct: false)!, null, pool, chunk, pool is null ? 0 : blocks, readers), cpus);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
        facts["threads"] = string.Create(CultureInfo.InvariantCulture, $"{readers} read{(pool is null && readers > 0 ? "" : $", {place.Copiers} copy")}");
        if (place.IsDevice) facts["copy"] = place.Copying;
    }

    public IEnumerable<KeyValuePair<string, string>> Facts => facts;

    public LoadTimes Load() => pipeline.Load();

    /// <summary>Reads everything and copies nothing.</summary>
    public LoadTimes ReadOnly() => pipeline.Load(copy: false);

    public void Dispose()
    {
        pipeline?.Dispose();
        pool?.Dispose();
        source?.Dispose();
    }
}
