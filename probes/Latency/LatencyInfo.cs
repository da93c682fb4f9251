using GpuLab.Model;

namespace GpuLab.Probes.Latency;

/// <summary>Latencies of a GPU that a host's chase does not look at: metadata of what carries them out elsewhere.</summary>
public static class LatencyInfo
{
    public static readonly ProbeInfo Tlb = new("lat.tlb", "Dependent loads that each lie in another page: the L2's latency, and beyond what translations are kept for, that of finding one", Resource.Latency,
        [new("lat.tlb/latency", "s", Better.Lower, Across.Worst, "Time of one dependent load")],
        [
            new("bytes", ParameterType.Bytes, "All pages", ParameterValue.Bytes(1 << 30), Min: 4 << 10),
            new("page", ParameterType.Bytes, "From page to page", ParameterValue.Bytes(2 << 20), Min: 1 << 10, Max: 1 << 30),
        ], Precision.Latency, Axis: "bytes");
}
