using GpuLab.Model;

namespace GpuLab.Probes.Trace;

/// <summary>Where and when each block of a kernel ran: metadata of what carries it out elsewhere.</summary>
public static class TraceInfo
{
    public static readonly ProbeInfo Blocks = new("trace.blocks", "Kernel whose every block notes its SM, start and end: slow SMs, imbalance, tails of waves", Resource.Compute,
        [
            new("trace.blocks/slowest", "1", Better.Lower, Across.Worst, "Median time of a block on the slowest SM ÷ that on the median SM"),
            new("trace.blocks/imbalance", "1", Better.Lower, Across.Worst, "Busy time of the busiest SM ÷ that of the mean SM"),
            new("trace.blocks/tail", "1", Better.Lower, Across.Worst, "Share of the kernel's time after the first SM has run out of blocks"),
            new("trace.blocks/sms", "1", Better.Higher, Across.Sum, "SMs that ran a block"),
        ],
        [new("waves", ParameterType.Count, "Blocks for each SM", ParameterValue.Count(8), Min: 1, Max: 1000)], Precision.Latency);
}
