using GpuLab.Model;
using GpuLab.Probes.Loading;
using GpuLab.Running;

namespace GpuLab.Probes.Sim.Models;

/// <summary>
/// Weights from disk, page cache or pinned memory of the declared machine, over the link. The pipelined loader takes as long as the slower of reading
/// and copying and one chunk more; the plain one reads with one thread and then copies memory that is not pinned.
/// </summary>
sealed class LoadModel(ProbeInfo info, bool pipelined) : ISimModel
{
    public ProbeInfo Info => info;

    public SimWork Predict(SimGpu gpu, SimSlice slice, Parameters parameters)
    {
        var bytes = Bytes(slice, parameters);
        var (read, copy, load) = Times(gpu, bytes, parameters, pipelined);
        var total = read + copy;
        return new(total, [new(bytes, IsRate: true), SimOutput.Part(read, total), SimOutput.Part(copy, total)], load)
        {
            Operations = 1, Noise = 0.005,
            Ceiling = parameters.Word("tier", "cold") == "pinned" ? new(gpu.Need("link"), gpu.How("link")) : null,
            Facts = new() { ["bytes"] = Units.BytesText(bytes), ["storage and host"] = SimHost.Source, ["efficiency"] = gpu.Traits.Source },
        };
    }

    /// <exception cref="ProbeSkippedException">They are wrong, or larger than the slice.</exception>
    public static double Bytes(SimSlice slice, Parameters parameters)
    {
        var (bytes, wrong) = NamedWeights.Of(parameters);
        if (wrong is not null) throw new ProbeSkippedException(wrong);
        if (bytes > slice.Memory) throw new ProbeSkippedException($"the weights are {Pretty.Bytes(bytes)}, and {slice.Name} has {Pretty.Bytes(slice.Memory.Value)} of memory");
        return bytes;
    }

    /// <summary>Seconds until the last byte was read, seconds from then until all is in place, and what that takes of what slices share.</summary>
    public static (double Read, double Copy, SimLoad Load) Times(SimGpu gpu, double bytes, Parameters parameters, bool pipelined)
    {
        var link = gpu.Need("link") * gpu.Traits.Link;
        var tier = parameters.Word("tier", "cold");
        if (tier == "pinned") return (0, LinkModel.Startup + bytes / link, new(Up: 1));
        var how = tier == "warm" ? SimReads.Cached : pipelined ? SimReads.Direct : SimReads.Cold;
        var rate = SimHost.Read(how, pipelined ? LoadInfo.ThreadsOf(parameters) : 1, out var load);
        if (pipelined) rate = Math.Min(rate, link);
        var (read, copy) = (bytes / rate, pipelined ? Math.Min(bytes, LoadInfo.ChunkOf(parameters)) / link : bytes / Math.Min(SimHost.Staging, link));
        var reached = bytes / (read + copy);
        return (read, copy, load(reached) with { Up = reached / link });
    }
}
