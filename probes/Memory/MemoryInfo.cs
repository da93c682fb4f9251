using GpuLab.Model;

namespace GpuLab.Probes.Memory;

/// <summary>Looks at a GPU's memory that a host has no counterpart of: metadata of what carries them out elsewhere.</summary>
public static class MemoryInfo
{
    /// <summary>Bytes that a warp of the reading kernels has on their way: 32 threads, 8 loads each, 16 bytes a load.</summary>
    public const int WarpInFlight = 32 * 8 * 16;

    static readonly Parameter Bytes = new("bytes", ParameterType.Bytes, "Size of the array", ParameterValue.Bytes(256 << 20), Min: 64 << 10);

    public static readonly ProbeInfo Stride = Of("mem.stride", "Reads by neighbouring threads that lie apart: what accesses that do not join cost", "stride",
        Bytes, new("stride", ParameterType.Bytes, "From one thread's access of 16 bytes to its neighbour's; 16 leaves no gap", ParameterValue.Bytes(16), Min: 16, Max: 1 << 20));

    public static readonly ProbeInfo Saturation = Of("mem.saturation", "Reads by some of the SMs, with so many bytes of each on their way: what it takes to use up memory", "sms",
        Bytes, new("sms", ParameterType.Count, "SMs at work; default all", Min: 1, Max: 1024), new("warps", ParameterType.Count, "Warps of an SM, 4 KiB on their way each", ParameterValue.Count(32), Min: 1, Max: 32));

    static ProbeInfo Of(string id, string summary, string axis, params IReadOnlyList<Parameter> parameters) =>
        new(id, summary, Resource.Memory, [new($"{id}/bandwidth", "B/s", Better.Higher, Across.Sum, "Bytes of the array per second; gaps do not count")], parameters, Precision.Rate, Axis: axis);
}
