using GpuLab.Model;

namespace GpuLab.Probes.Launch;

/// <summary>What handing work to a GPU costs: metadata of what carries it out elsewhere.</summary>
public static class LaunchInfo
{
    public static readonly ProbeInfo Api = Time("launch.api", "Host time of one asynchronous launch of an empty kernel", "latency", []);

    public static readonly ProbeInfo Rate = Time("launch.rate", "Empty kernels one after another in a stream", "time", []);

    public static readonly ProbeInfo Graph = Time("launch.graph", "Straight graph of empty kernels", "time",
        [new("nodes", ParameterType.Count, "Kernels in the graph", ParameterValue.Count(100), Min: 1, Max: 100_000)]);

    public static readonly ProbeInfo Start = new("ctx.start", "From the start of a process to the end of its first kernel", Resource.Launch,
        [new("ctx.start/time", "s", Better.Lower, Across.Worst, "Wall time of one start")], [], Precision.Loading)
    {
        Slow = new(20, 0.35),
    };

    static ProbeInfo Time(string id, string summary, string metric, IReadOnlyList<Parameter> parameters) => new(id, summary, Resource.Launch,
        [new($"{id}/{metric}", "s", Better.Lower, Across.Worst, "Time of one kernel")], parameters, Precision.Latency);
}
