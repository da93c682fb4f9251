using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Host;

/// <summary>Reading a file into memory, from the page cache or from below it.</summary>
public sealed class LoadFile : IProbe
{
    static readonly ProbeInfo About = new(
        "load.file", "Read of a file into memory, with a cold or a warm page cache", Resource.Storage,
        [new("load.file/bandwidth", "B/s", Better.Higher, Across.Sum, "Bytes of the file per second of the read")],
        [
            new("bytes", ParameterType.Bytes, "Size of the file", ParameterValue.Bytes(64 << 20), Min: 64 << 10),
            new("cache", ParameterType.Word, "State of the page cache before every read", ParameterValue.Of("warm"), Words: ["cold", "warm"]),
            new("block", ParameterType.Bytes, "Size of one read call", ParameterValue.Bytes(1 << 20), Min: 4 << 10),
        ],
        Precision.Loading);

    public ProbeInfo Info => About;

    public IPreparedProbe Prepare(ProbeRequest request) => FileProbe.Prepare(request);
}
