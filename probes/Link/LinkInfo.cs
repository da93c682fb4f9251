using GpuLab.Model;

namespace GpuLab.Probes.Link;

/// <summary>Copies over the link between host and GPU: metadata of what carries them out elsewhere.</summary>
public static class LinkInfo
{
    /// <summary>Who copies.</summary>
    public const string Engine = "ce", Sms = "sm";

    /// <summary>Ways in which <c>link.latency</c> looks at the link.</summary>
    public const string Load = "load", Flag = "flag", Copy = "copy";

    /// <summary>The fact that says that both directions are busy at once.</summary>
    public const string Directions = "directions";

    static readonly Parameter Bytes = new("bytes", ParameterType.Bytes, "Size of one copy", ParameterValue.Bytes(64 << 20), Min: 4);
    static readonly Parameter Memory = new("memory", ParameterType.Word, "Kind of host memory", ParameterValue.Of("pinned"), Words: ["pinned", "pageable"]);
    static readonly Parameter By = new("by", ParameterType.Word, "Who copies: a copy engine, or the SMs by a kernel on pinned memory", ParameterValue.Of(Engine), Words: [Engine, Sms]);

    public static readonly ProbeInfo ToDevice = OneWay("link.h2d", "Copy from host to GPU"), ToHost = OneWay("link.d2h", "Copy from GPU to host");

    public static readonly ProbeInfo Both = new("link.bidir", "Copies in both directions at once", Resource.Link,
        [
            new("link.bidir/bandwidth", "B/s", Better.Higher, Across.Sum, "Bytes of both directions per second"),
            new("link.bidir/h2d", "B/s", Better.Higher, Across.Sum, "Bytes to the GPU per second"),
            new("link.bidir/d2h", "B/s", Better.Higher, Across.Sum, "Bytes from the GPU per second"),
        ], [Bytes, By], Precision.Rate);

    public static readonly ProbeInfo Latency = new("link.latency", "Latency of the link: a dependent load of the GPU, a flag there and back, or a copy of 4 bytes that is waited for", Resource.Link,
        [new("link.latency/latency", "s", Better.Lower, Across.Worst, "Time of one load, flag or copy")],
        [new("kind", ParameterType.Word, "What is timed", ParameterValue.Of(Load), Words: [Load, Flag, Copy])], Precision.Latency);

    public static readonly ProbeInfo Nvbandwidth = new("link.nvbandwidth", "Figures as nvbandwidth defines them, under the names of its tests", Resource.Link,
        [new("link.nvbandwidth/bandwidth", "B/s", Better.Higher, Across.Sum, "Bytes of the measured direction per second of a time in whole microseconds")],
        [
            new("test", ParameterType.Word, "Name of nvbandwidth's test", ParameterValue.Of(NvbandwidthTest.All[0].Name), Words: [.. NvbandwidthTest.All.Select(t => t.Name)]),
            new("bytes", ParameterType.Bytes, "Size of the buffer", ParameterValue.Bytes(512 << 20), Min: 1 << 10),
        ], Precision.Rate);

    static ProbeInfo OneWay(string id, string summary) => new(id, summary, Resource.Link,
        [new($"{id}/bandwidth", "B/s", Better.Higher, Across.Sum, "Bytes copied per second")], [Bytes, Memory, By], Precision.Rate, Axis: "bytes");
}

/// <summary>A test of nvbandwidth between a host and its GPU.</summary>
/// <param name="Up">The direction that is measured.</param>
/// <param name="Both">The other direction is busy meanwhile.</param>
/// <param name="BySms">By a kernel instead of the copy engines.</param>
readonly record struct NvbandwidthTest(string Name, bool Up, bool Both, bool BySms)
{
    public static IReadOnlyList<NvbandwidthTest> All { get; } =
    [
        new("host_to_device_memcpy_ce", true, false, false),
        new("device_to_host_memcpy_ce", false, false, false),
        new("host_to_device_bidirectional_memcpy_ce", true, true, false),
        new("device_to_host_bidirectional_memcpy_ce", false, true, false),
        new("host_to_device_memcpy_sm", true, false, true),
        new("device_to_host_memcpy_sm", false, false, true),
        new("host_to_device_bidirectional_memcpy_sm", true, true, true),
        new("device_to_host_bidirectional_memcpy_sm", false, true, true),
    ];

    public static NvbandwidthTest Of(string name) => All.First(t => t.Name == name);
}
