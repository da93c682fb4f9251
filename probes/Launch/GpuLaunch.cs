using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Running;

namespace GpuLab.Probes.Launch;

/// <summary>What is timed of an empty kernel.</summary>
enum LaunchKind { Api, Rate, Graph, Sync }

/// <summary>Launches of an empty kernel.</summary>
sealed class GpuLaunch(ProbeInfo info, LaunchKind kind) : IProbe
{
    public ProbeInfo Info => info;

    public IPreparedProbe Prepare(ProbeRequest request) => kind switch
    {
        LaunchKind.Api => new LaunchTimeProbe(CudaSession.Current, wait: false),
        LaunchKind.Sync => new LaunchTimeProbe(CudaSession.Current, wait: true),
        LaunchKind.Graph => new LaunchRateProbe(CudaSession.Current, (int)request.Parameters.Number("nodes", info.Parameters[0].Default!.Value.Number)),
        _ => new LaunchRateProbe(CudaSession.Current, 0),
    };
}

/// <summary>The device's side: kernels one after another, in a stream or as nodes of a graph.</summary>
sealed class LaunchRateProbe : TimedProbe
{
    readonly CudaKernel kernel;
    readonly CudaGraph? graph;
    readonly int nodes;

    /// <param name="nodes">Of a graph; 0 for launches in a stream.</param>
    public LaunchRateProbe(CudaSession session, int nodes)
        : base(session)
    {
        this.nodes = nodes;
        try
        {
            kernel = session.Kernels["gl_null"];
            if (nodes > 0)
            {
                graph = Own(CudaGraph.Capture(session.Context, Stream, () =>
                {
                    for (var node = 0; node < nodes; node++) Launch();
                }));
            }
            Calibrate();
            var facts = TimingFacts();
            facts["kernel"] = nodes > 0 ? $"{kernel.Name}, one block of one thread, {nodes} in a row in a graph" : $"{kernel.Name}, one block of one thread";
            Facts = facts;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override IReadOnlyDictionary<string, string> Facts { get; }

    /// <summary>Kernels of one operation.</summary>
    protected override double Work => Math.Max(1, nodes);

    /// <summary>An empty kernel leaves nothing behind; that all came to their end is what synchronizing says.</summary>
    public override string? Verify()
    {
        Stream.Synchronize();
        return null;
    }

    protected override void Queue()
    {
        if (graph is null) Launch();
        else graph.Launch(Stream);
    }

    protected override void Add(ref SampleSink sink, long start, double nanoseconds) =>
        sink.Add(0, start, start + (long)nanoseconds, Batch, nanoseconds * 1e-9 / (Batch * Work));

    void Launch() => kernel.Launch(Stream, 1, 1, 0);
}

/// <summary>The host's side: the time that launching takes, with or without waiting for the kernel's end.</summary>
sealed class LaunchTimeProbe : IPreparedProbe
{
    /// <summary>Far fewer than a queue holds, so that none waits for room.</summary>
    const int Launches = 100;

    readonly CudaStream stream;
    readonly CudaKernel kernel;
    readonly bool wait;

    /// <param name="wait">Each launch is waited for, spinning.</param>
    public LaunchTimeProbe(CudaSession session, bool wait)
    {
        this.wait = wait;
        stream = new(session.Context);
        kernel = session.Kernels["gl_null"];
        // The first may load something.
        kernel.Launch(stream, 1, 1, 0);
        stream.Synchronize();
        Facts = new Dictionary<string, string>
        {
            ["device"] = session.Device.Name,
            ["kernel"] = $"{kernel.Name}, one block of one thread",
            ["timing"] = wait ? $"host clock round {Launches} launches, each waited for" : $"host clock round {Launches} launches; their end is waited for outside",
        };
    }

    public Ceiling? Ceiling => null;

    public IReadOnlyDictionary<string, string> Facts { get; }

    public void Sample(ref SampleSink sink)
    {
        var start = Monotonic.Now;
        for (var i = 0; i < Launches; i++)
        {
            kernel.Launch(stream, 1, 1, 0);
            if (wait) stream.Synchronize();
        }
        var end = Monotonic.Now;
        stream.Synchronize();
        sink.Add(0, start, end, Launches, (end - start) * 1e-9 / Launches);
    }

    public string? Verify()
    {
        stream.Synchronize();
        return null;
    }

    public void Dispose() => stream.Dispose();
}
