using System.Globalization;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>
/// Several threads read at once, past the page cache where the weights are on disk, into a pool of pinned blocks; copies start with the first chunk.
/// What is in memory already is brought to memory of the host by each processor of the slice, and to a device out of pinned blocks.
/// </summary>
sealed unsafe class PipelinedLoader : ILoader
{
    readonly ChunkPipeline? pipeline;
    readonly StraightLoad? straight;
    readonly PinnedMemory? pool, source;
    readonly Dictionary<string, string> facts;

    public PipelinedLoader(LoadFiles files, LoadTier tier, ILoadPlace place, IReadOnlyList<int> cpus, Parameters parameters)
    {
        facts = [];
        try
        {
            if (tier == LoadTier.Pinned)
            {
                source = place.Pin(files.Room);
                facts["pinned"] = source.Locked;
                files.Fill(source.Start);
            }
            if (tier != LoadTier.Cold && place is HostPlace memory)
            {
                straight = source is not null ? new(files, source.Start, memory) : new(files, files.Open(direct: false)!, memory);
                facts["threads"] = memory.Copiers.ToString(CultureInfo.InvariantCulture);
                return;
            }
            var (chunk, readers) = (LoadInfo.ChunkOf(parameters), LoadInfo.ThreadsOf(parameters));
            facts["chunk"] = Units.BytesText(chunk);
            if (source is not null)
            {
                pipeline = new(files.InMemory(chunk), files.Reason, place, new(null, source, null, chunk, 0, 0), cpus);
                readers = 0;
            }
            else
            {
                var blocks = (int)Math.Min(LoadInfo.PoolOf(parameters) / chunk, int.MaxValue);
                if (blocks < 1) throw new ProbeSkippedException("the pool has no room for one chunk");
                var direct = tier == LoadTier.Cold ? files.Open(direct: true) : null;
                pool = place.Pin((long)blocks * chunk);
                facts["pool"] = string.Create(CultureInfo.InvariantCulture, $"{Units.BytesText((long)blocks * chunk)}, {blocks} blocks");
                facts["pinned"] = pool.Locked;
                facts["read"] = direct is not null ? "past the page cache (O_DIRECT)"
                    : tier == LoadTier.Cold ? $"WARNING: through the page cache, because {files.FileSystem} refuses O_DIRECT" : "from the page cache into the pool";
                pipeline = new(files.Chunks(chunk), files.Reason, place, new(direct ?? files.Open(direct: false)!, null, pool, chunk, blocks, readers), cpus);
            }
            facts["threads"] = string.Create(CultureInfo.InvariantCulture, $"{readers} read, {place.Copiers} copy");
            if (place.IsDevice) facts["copy"] = place.Copying;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IEnumerable<KeyValuePair<string, string>> Facts => source is not null || straight is null ? facts
        : [.. facts, new("read", straight.Mapped ? "from the page cache, mapped while a lease keeps the files from changing" : "from the page cache, by calls, through each core's cache")];

    public LoadTimes Load() => pipeline?.Load() ?? straight!.Load();

    /// <summary>Reads everything into the pool and copies nothing.</summary>
    public LoadTimes ReadOnly() => pipeline!.Load(copy: false);

    public void Dispose()
    {
        pipeline?.Dispose();
        straight?.Dispose();
        pool?.Dispose();
        source?.Dispose();
    }
}
