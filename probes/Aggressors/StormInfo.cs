using GpuLab.Model;

namespace GpuLab.Probes.Aggressors;

/// <summary>
/// Loads on one resource of a GPU each: for the aggressors of modes matrix and dial, and figures in their own right. A sample is some 200 µs,
/// so that a dial's distances are short against what most victims time.
/// </summary>
public static class StormInfo
{
    /// <summary>Bytes from page to page: large pages of the driver.</summary>
    public const int Page = 2 << 20;

    static readonly Parameter LinkBytes = Size("Size of the array on each side", 64 << 20);

    public static readonly ProbeInfo Dram = Of("storm.dram", "Aggressor on memory: the SMs copy an array, again and again", Resource.Memory,
        Metric("storm.dram", "bandwidth", "B/s", "Bytes read and written per second"), Size("Size of each of two arrays", 256 << 20));

    public static readonly ProbeInfo L2 = Of("storm.l2", "Aggressor on the L2: the SMs read what half of it holds", Resource.Cache,
        Metric("storm.l2", "bandwidth", "B/s", "Bytes read per second"), new Parameter("bytes", ParameterType.Bytes, "Size of the array; default: half of the slice's L2", Min: 4 << 10));

    public static readonly ProbeInfo Tlb = Of("storm.tlb", "Aggressor on address translation: each load is somewhere in a random page", Resource.Memory,
        Metric("storm.tlb", "rate", "1/s", "Loads per second"),
        new("bytes", ParameterType.Bytes, "All pages; default: half of the memory that is free", Min: 64 << 10), new("page", ParameterType.Bytes, "Distance of pages, a power of two", ParameterValue.Bytes(Page), Min: 4 << 10, Max: 1 << 30));

    public static readonly ProbeInfo Up = Of("storm.up", "Aggressor on the link: the SMs read pinned memory of the host", Resource.Link, Metric("storm.up", "bandwidth", "B/s", "Bytes to the GPU per second"), LinkBytes);

    public static readonly ProbeInfo Down = Of("storm.down", "Aggressor on the link: the SMs write pinned memory of the host", Resource.Link, Metric("storm.down", "bandwidth", "B/s", "Bytes from the GPU per second"), LinkBytes);

    public static readonly ProbeInfo Link = Of("storm.link", "Aggressor on the link: the SMs read and write pinned memory of the host at once", Resource.Link,
        Metric("storm.link", "bandwidth", "B/s", "Bytes of both directions per second"), LinkBytes);

    public static readonly ProbeInfo Engine = new("storm.engine", "Aggressor on the copy engines: small copies in both directions at once", Resource.Link,
        [
            Metric("storm.engine", "bandwidth", "B/s", "Bytes of both directions per second"), Metric("storm.engine", "h2d", "B/s", "Bytes to the GPU per second"),
            Metric("storm.engine", "d2h", "B/s", "Bytes from the GPU per second"),
        ], [Size("Size of one copy", 64 << 10)], Precision.Rate);

    public static readonly ProbeInfo Sm = Of("storm.sm", "Aggressor on the SMs: fp32 multiply-adds in registers", Resource.Compute, Metric("storm.sm", "rate", "FLOP/s", "Operations per second, two a multiply-add"));

    public static readonly ProbeInfo Power = Of("storm.power", "Aggressor on power: bf16 products on the tensor cores", Resource.Compute, Metric("storm.power", "rate", "FLOP/s", "Operations per second, two a multiply-add"));

    public static readonly ProbeInfo Launch = Of("storm.launch", "Aggressor on the front end: empty kernels of a block for each SM, one after another", Resource.Launch,
        Metric("storm.launch", "rate", "1/s", "Launches per second"));

    public static readonly ProbeInfo Fence = Of("storm.fence", "Aggressor on ordering: a store and a memory barrier of the whole system, by all threads", Resource.Compute,
        Metric("storm.fence", "rate", "1/s", "Barriers per second"));

    static ProbeInfo Of(string id, string summary, Resource resource, Metric metric, params IReadOnlyList<Parameter> parameters) => new(id, summary, resource, [metric], parameters, Precision.Rate);

    static Metric Metric(string probe, string name, string unit, string summary) => new($"{probe}/{name}", unit, Better.Higher, Across.Sum, summary);

    static Parameter Size(string summary, long bytes) => new("bytes", ParameterType.Bytes, summary, ParameterValue.Bytes(bytes), Min: 4 << 10);
}
