using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Running;

namespace GpuLab.Probes.Loading;

/// <summary>A cold start of a model: a new process for every sample, each phase by itself.</summary>
public sealed class LoadStart : IProbe, IForesight
{
    internal static readonly ProbeInfo About = new(
        "load.start", "Start of a process that loads model weights and uses all of them once", Resource.Storage,
        [
            Time("total", "From the start of the process to the end of the first pass over the weights"),
            Time("process", "Until the program's own first instruction: the kernel and the runtime"),
            Time("open", "Opening the files and reading their headers"),
            Time("context", "The driver and a context on the slice of a GPU; not on the host"),
            Time("module", "The kernels, by the driver's compiler or out of its cache; not on the host"),
            Time("allocate", "Memory for the weights, every page touched"),
            Time("pin", "Memory that reads go to, touched and locked; threads started"),
            Time("read", "Until the last byte was read"),
            Time("copy", "From then until all was in place"),
            Time("use", "The first pass over all weights, on all processors or multiprocessors of the slice"),
        ],
        [LoadInfo.Checkpoint, LoadInfo.Bytes, new("tier", ParameterType.Word, "Where the weights are before each start: on disk, or in the page cache", ParameterValue.Of("cold"), Words: ["cold", "warm"]), LoadInfo.Chunk, LoadInfo.Threads, LoadInfo.Pool],
        Precision.Loading)
    {
        Slow = new(20, 0.6),
    };

    public ProbeInfo Info => About;

    public IPreparedProbe Prepare(ProbeRequest request) => LoadStartProbe.Prepare(request);

    string? IForesight.Obstacle(Slice slice, Parameters parameters) => LoadInfo.Obstacle(parameters, pipelined: true);

    static Metric Time(string name, string summary) => new($"load.start/{name}", "s", Better.Lower, Across.Worst, summary);
}
