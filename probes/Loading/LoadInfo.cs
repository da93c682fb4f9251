using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Probes.Host;

namespace GpuLab.Probes.Loading;

/// <summary>What the loaders have in common as metadata.</summary>
static class LoadInfo
{
    /// <summary>Most bytes of a chunk or of made weights' single tensor.</summary>
    const double MostChunk = 1 << 30;

    public static readonly Parameter Checkpoint = new("checkpoint", ParameterType.Text, "Folder or file of the weights; without it random ones are made for the trial, in its folder");
    public static readonly Parameter Bytes = new("bytes", ParameterType.Bytes, "Size of the weights that are made", ParameterValue.Bytes(256 << 20), Min: 64 << 10);
    static readonly Parameter Tier = new("tier", ParameterType.Word, "Where the weights are before each load: on disk, in the page cache, or in pinned memory", ParameterValue.Of("cold"), Words: ["cold", "warm", "pinned"]);

    public static readonly Parameter Chunk = new("chunk", ParameterType.Bytes, "Size of one read from disk and of its copy", ParameterValue.Bytes(8 << 20), Min: LoadFiles.Page, Max: MostChunk);
    public static readonly Parameter Threads = new("threads", ParameterType.Count, "Threads that read from disk", ParameterValue.Count(4), Min: 1, Max: 256);
    public static readonly Parameter Pool = new("pool", ParameterType.Bytes, "Pinned memory that reads from disk go to", ParameterValue.Bytes(64 << 20), Min: LoadFiles.Page);

    public static ProbeInfo Of(string id, string summary, params Parameter[] own) => new(
        id, summary, Resource.Storage,
        [
            new($"{id}/bandwidth", "B/s", Better.Higher, Across.Sum, "Bytes of the files per second from the first read to the last byte in place"),
            new($"{id}/read", "s", Better.Lower, Across.Worst, "Time until the last byte was read"),
            new($"{id}/copy", "s", Better.Lower, Across.Worst, "Time from then until all was in place: of copying, what reading did not hide"),
        ],
        [Checkpoint, Bytes, Tier, .. own], Precision.Loading);

    /// <summary>Size of the weights that are made, a whole number of elements.</summary>
    public static long BytesOf(Parameters parameters) => (long)parameters.Number("bytes", Bytes.Default!.Value.Number) / 2 * 2;

    public static int ChunkOf(Parameters parameters) => (int)((long)parameters.Number("chunk", Chunk.Default!.Value.Number) / LoadFiles.Page * LoadFiles.Page);

    public static int ThreadsOf(Parameters parameters) => (int)parameters.Number("threads", Threads.Default!.Value.Number);

    public static long PoolOf(Parameters parameters) => (long)parameters.Number("pool", Pool.Default!.Value.Number);

    /// <summary>Bytes of memory of the host that a load takes beside the weights in their place.</summary>
    public static long Beside(Parameters parameters, bool pipelined, bool toDevice, long bytes) => (pipelined, parameters.Word("tier", "cold")) switch
    {
        (true, "cold") => PoolOf(parameters),
        (true, "warm") => toDevice ? PoolOf(parameters) : 0,
        _ => bytes,
    };

    /// <summary>What is known before a run: weights that are wrong, or larger than what the slice may use; a pool that holds no chunk.</summary>
    /// <param name="device">The slice of a GPU that is loaded to; null for the host.</param>
    public static string? Obstacle(Parameters parameters, bool pipelined, Slice? device = null)
    {
        var (bytes, wrong) = NamedWeights.Of(parameters);
        if (wrong is not null) return wrong;
        if (device?.Memory < bytes) return $"the weights are {Pretty.Bytes(bytes)}, and {device.Name} has {Pretty.Bytes(device.Memory.Value)} of memory";
        if (pipelined && PoolOf(parameters) < ChunkOf(parameters)) return $"a pool of {Units.BytesText(PoolOf(parameters))} has no room for one chunk of {Units.BytesText(ChunkOf(parameters))}";
        var (needed, room) = (Beside(parameters, pipelined, device is not null, bytes) + (device is null ? bytes : 0), MemoryRoom.Available() / 2);
        return needed <= room ? null : $"the weights are {Pretty.Bytes(bytes)} and loading them takes {Pretty.Bytes(needed)} of memory of the host, more than the {Pretty.Bytes(room)} that a slice may use (half of what is available)";
    }
}
