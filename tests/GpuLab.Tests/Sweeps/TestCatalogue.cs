using GpuLab.Model;

namespace GpuLab.Tests.Sweeps;

/// <summary>A catalogue with every type of parameter, and the probes of the quickstart.</summary>
static class TestCatalogue
{
    static readonly Parameter Size = new("bytes", ParameterType.Bytes, "size of one array", Min: 4096, Max: 1L << 40);

    public static readonly IReadOnlyList<ProbeInfo> Probes =
    [
        Probe("mem.read", Size), Probe("mem.write", Size), Probe("mem.copy", Size), Probe("mem.triad", Size),
        Probe("mem.curve", Size) with { Axis = "bytes" },
        Probe("lat.chase", Size) with { Axis = "bytes" },
        Probe("compute.fp64"), Probe("compute.fp32"), Probe("launch.sync"),
        Probe("load.file",
            new("bytes", ParameterType.Bytes, "size of the file", ParameterValue.Bytes(1 << 26), Min: 1),
            new("cache", ParameterType.Word, "state of the page cache", ParameterValue.Of("warm"), Words: ["cold", "warm"]),
            new("block", ParameterType.Bytes, "bytes of one read", ParameterValue.Bytes(1 << 20), Min: 512)),
        Probe("link.h2d", Size,
            new("memory", ParameterType.Word, "kind of host memory", ParameterValue.Of("pinned"), Words: ["pinned", "pageable"]),
            new("depth", ParameterType.Count, "copies in flight", ParameterValue.Count(2), Min: 1, Max: 64),
            new("pause", ParameterType.Seconds, "wait between copies", ParameterValue.Seconds(0), Max: 1),
            new("duty", ParameterType.Fraction, "share of the time at work", new(ParameterType.Fraction, 1), Max: 1)),
        Probe("command", new Parameter("run", ParameterType.Text, "what to run")),
    ];

    static ProbeInfo Probe(string id, params Parameter[] parameters) =>
        new(id, $"measures {id}", Resource.Memory, [new($"{id}/rate", "B/s", Better.Higher, Across.Sum, "a rate")], parameters, Precision.Rate);
}
