using System.Globalization;
using GpuLab.Running;

namespace GpuLab.Probes.Cuda;

/// <summary>
/// A probe that times batches of asynchronous operations between pairs of events. Two batches are queued at any time, so that the device
/// goes from one to the next without waiting for the host and no launch falls into a timed region; a slice that works at part of its
/// rate queues one at a time.
/// </summary>
abstract class TimedProbe : IQueuedProbe
{
    /// <summary>A batch lasts at least so long (ns), and at least so many steps of the clock.</summary>
    const double ShortestBatch = 200_000, LeastSteps = 100;

    /// <summary>Operations of a batch at most; a driver's queue holds about a thousand.</summary>
    const int Most = 256;

    const int Depth = 2;

    readonly CudaEvent[] starts = new CudaEvent[Depth], ends = new CudaEvent[Depth];
    readonly List<IDisposable> owned = [];
    int first, pending, depth = Depth, batch = 1;

    protected TimedProbe(CudaSession session)
    {
        Session = session;
        Stream = Own(new CudaStream(session.Context));
        for (var i = 0; i < Depth; i++)
        {
            starts[i] = Own(new CudaEvent(session.Context));
            ends[i] = Own(new CudaEvent(session.Context));
        }
    }

    public virtual Ceiling? Ceiling => null;

    public abstract IReadOnlyDictionary<string, string> Facts { get; }

    public abstract string? Verify();

    protected CudaSession Session { get; }

    protected CudaStream Stream { get; }

    /// <summary>Operations of a batch.</summary>
    protected int Batch => batch;

    /// <summary>Bytes, FLOP … that one operation counts.</summary>
    protected abstract double Work { get; }

    /// <summary>What samples of this probe carry when they are right.</summary>
    protected virtual SampleFlags Flags => SampleFlags.None;

    public void Begin(bool paced)
    {
        depth = paced ? 1 : Depth;
        Session.Clock.Renew();
    }

    public void Sample(ref SampleSink sink)
    {
        Session.Clock.Renew();
        while (pending < depth) Submit();
        Collect(ref sink);
    }

    public void End(ref SampleSink sink)
    {
        while (pending > 0) Collect(ref sink);
    }

    public void Dispose()
    {
        // A context that broke cannot be waited for, and that was said before.
        _ = Cuda.cuStreamSynchronize(Stream.Raw);
        for (var i = owned.Count - 1; i >= 0; i--) owned[i].Dispose();
        owned.Clear();
    }

    /// <summary>Queues one operation on <see cref="Stream"/>. No managed allocation.</summary>
    protected abstract void Queue();

    /// <summary>Queues what goes before a batch, outside its time. No managed allocation.</summary>
    /// <param name="slot">Of the batches that are queued at any time: the same for all that is told of one batch.</param>
    protected virtual void Open(int slot)
    {
    }

    /// <summary>Queues what ends a batch, inside its time. No managed allocation.</summary>
    protected virtual void Close(int slot)
    {
    }

    /// <summary>Batches that are queued at any time.</summary>
    protected const int Batches = Depth;

    /// <summary>Slot of the batch that is being added.</summary>
    protected int Added { get; private set; }

    /// <summary>Adds the samples of one batch.</summary>
    /// <param name="nanoseconds">Of the device's clock.</param>
    protected virtual void Add(ref SampleSink sink, long start, double nanoseconds) =>
        sink.Add(0, start, start + (long)nanoseconds, batch, Work * batch * 1e9 / nanoseconds, Flags);

    protected T Own<T>(T made)
        where T : IDisposable
    {
        owned.Add(made);
        return made;
    }

    /// <summary>Chooses how many operations make a batch: the smallest power of two that lasts long enough.</summary>
    /// <param name="shortest">Nanoseconds.</param>
    protected void Calibrate(double shortest = ShortestBatch)
    {
        batch = 1;
        // The first may load something.
        _ = Time();
        var least = Least(shortest);
        while (batch < Most && !Lasts(least)) batch *= 2;
    }

    /// <summary>Three times in a row, because a hiccup makes one batch look long enough.</summary>
    bool Lasts(double least) => Time() >= least && Time() >= least && Time() >= least;

    /// <summary>Nanoseconds that a timed region lasts at least.</summary>
    protected double Least(double shortest = ShortestBatch) => Math.Max(shortest, LeastSteps * Session.StepNs);

    /// <summary>Nanoseconds of one batch by itself.</summary>
    protected double Time()
    {
        Submit();
        ends[first].Synchronize();
        pending--;
        return ends[first].Since(starts[first]);
    }

    /// <summary>How it is timed, for the facts of a figure.</summary>
    protected Dictionary<string, string> TimingFacts()
    {
        var facts = new Dictionary<string, string>
        {
            ["device"] = Session.Device.Name,
            ["batch"] = batch.ToString(CultureInfo.InvariantCulture),
            ["timing"] = string.Create(CultureInfo.InvariantCulture, $"pairs of events, {Depth} batches queued; step {Session.StepNs:0.#} ns"),
            ["clock"] = string.Create(CultureInfo.InvariantCulture, $"mapped to the host's within {Session.Clock.Uncertainty / 1e3:0.#} µs"),
        };
        if (Session.Kernels.Made is { } made) facts["kernels"] = made;
        return facts;
    }

    void Submit()
    {
        var slot = (first + pending) % Depth;
        Open(slot);
        starts[slot].Record(Stream);
        for (var i = 0; i < batch; i++) Queue();
        Close(slot);
        ends[slot].Record(Stream);
        pending++;
    }

    void Collect(ref SampleSink sink)
    {
        var (start, end) = (starts[first], ends[first]);
        end.Synchronize();
        Added = first;
        first = (first + 1) % Depth;
        pending--;
        Add(ref sink, Session.Clock.HostTime(start), end.Since(start));
    }
}
