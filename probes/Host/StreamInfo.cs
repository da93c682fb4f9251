using GpuLab.Model;

namespace GpuLab.Probes.Host;

/// <summary>What the four streaming probes have in common as metadata.</summary>
static class StreamInfo
{
    /// <summary>Smallest array: below it the loop's start and end outweigh the bytes.</summary>
    public const long Smallest = 64 << 10;

    public static ProbeInfo Of(string id, string summary, string counted) => new(
        id, summary, Resource.Memory,
        [new($"{id}/bandwidth", "B/s", Better.Higher, Across.Sum, $"Bytes counted ({counted}) per second of the timed region")],
        [new("bytes", ParameterType.Bytes, "Size of each array", ParameterValue.Bytes(256 << 20), Min: Smallest)],
        Precision.Rate);
}
