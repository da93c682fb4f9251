using GpuLab.Model;

namespace GpuLab.Probes.Link;

/// <summary>Copies over the link between host and GPU: metadata of what carries them out elsewhere.</summary>
public static class LinkInfo
{
    static readonly Parameter Bytes = new("bytes", ParameterType.Bytes, "Size of one copy", ParameterValue.Bytes(64 << 20), Min: 4);
    static readonly Parameter Memory = new("memory", ParameterType.Word, "Kind of host memory", ParameterValue.Of("pinned"), Words: ["pinned", "pageable"]);

    public static readonly ProbeInfo ToDevice = Copy("link.h2d", "Copy from host to GPU by the copy engine"), ToHost = Copy("link.d2h", "Copy from GPU to host by the copy engine");

    public static readonly ProbeInfo Both = new("link.bidir", "Copies in both directions at once", Resource.Link,
        [
            new("link.bidir/bandwidth", "B/s", Better.Higher, Across.Sum, "Bytes of both directions per second"),
            new("link.bidir/h2d", "B/s", Better.Higher, Across.Sum, "Bytes to the GPU per second"),
            new("link.bidir/d2h", "B/s", Better.Higher, Across.Sum, "Bytes from the GPU per second"),
        ], [Bytes], Precision.Rate);

    public static readonly ProbeInfo Latency = new("link.latency", "Dependent loads of the GPU from pinned host memory", Resource.Link,
        [new("link.latency/latency", "s", Better.Lower, Across.Worst, "Time of one dependent load over the link")], [], Precision.Latency);

    static ProbeInfo Copy(string id, string summary) => new(id, summary, Resource.Link,
        [new($"{id}/bandwidth", "B/s", Better.Higher, Across.Sum, "Bytes copied per second")], [Bytes, Memory], Precision.Rate, Axis: "bytes");
}
