using System.Collections.Concurrent;
using GpuLab.Model;
using GpuLab.Probes.Checkpoints;

namespace GpuLab.Probes.Loading;

/// <summary>Weights that a sweep names: looked at once a process, since every cell of a plan asks.</summary>
static class NamedWeights
{
    static readonly ConcurrentDictionary<string, (long Bytes, string? Wrong)> known = new(StringComparer.Ordinal);

    /// <summary>Bytes of a cell's weights, made or named; or what is wrong with those named.</summary>
    public static (long Bytes, string? Wrong) Of(Parameters parameters) =>
        parameters["checkpoint"]?.Word is { } path ? known.GetOrAdd(path, Look) : (LoadInfo.BytesOf(parameters), null);

    static (long, string?) Look(string path)
    {
        try
        {
            using var checkpoint = Checkpoint.Open(path);
            return (checkpoint.Files.Sum(f => f.Length), null);
        }
        catch (CheckpointException wrong)
        {
            return (0, wrong.Message);
        }
    }
}
