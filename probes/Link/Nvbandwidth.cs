using System.Globalization;
using GpuLab.Model;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Memory;
using GpuLab.Running;
using DriverCalls = GpuLab.Probes.Cuda.Cuda;

namespace GpuLab.Probes.Link;

/// <summary>Figures as nvbandwidth defines them.</summary>
sealed class Nvbandwidth(ProbeInfo info) : IProbe
{
    public ProbeInfo Info => info;

    public IPreparedProbe Prepare(ProbeRequest request) => new NvbandwidthProbe(CudaSession.Current, NvbandwidthTest.Of(request.Parameters.Word("test", NvbandwidthTest.All[0].Name)),
        (long)request.Parameters.Number("bytes", info.Parameters[1].Default!.Value.Number), request.Seed);
}

/// <summary>
/// A test of nvbandwidth when prepared, for comparison with that tool. A kernel holds the streams while four copies to warm up and sixteen that are
/// timed are queued behind it; the same buffers are copied each time. Where both directions are busy, the engines' other direction copies twice as
/// much from the measured copies' start on; the SMs copy half of the buffer each way, and half of their rate is the figure. The time is cut
/// to whole microseconds, as there.
/// </summary>
sealed unsafe class NvbandwidthProbe : IPreparedProbe
{
    const int WarmUps = 4, Copies = 16;

    /// <summary>Nanoseconds after which the holding kernel lets go by itself.</summary>
    const ulong Patience = 5_000_000_000;

    readonly CudaSession session;
    readonly NvbandwidthTest test;
    readonly List<IDisposable> owned = [];
    readonly CopyPath[] paths;
    readonly CudaStream[] streams;
    readonly CudaEvent start, end;
    readonly CudaKernel hold;
    readonly SmCopy? sms;
    readonly DeviceCheck check;
    readonly PinnedMemory latch;
    readonly CUdeviceptr latchOnDevice;
    readonly long bytes;
    uint turn;
    string? wrong;

    public NvbandwidthProbe(CudaSession session, NvbandwidthTest test, long bytes, ulong seed)
    {
        (this.session, this.test) = (session, test);
        var (measured, other) = test.Up ? (Route.Up, Route.Down) : (Route.Down, Route.Up);
        try
        {
            hold = session.Kernels["gl_latch"];
            // A copy by SMs is cut to whole rounds of all of their threads.
            var round = test.BySms ? (long)session.Device.Sms * SmCopy.Threads * Vector16.Size * (test.Both ? 2 : 1) : Vector16.Size;
            this.bytes = Math.Max(1, bytes / round) * round;
            var each = test is { BySms: true, Both: true } ? this.bytes / 2 : this.bytes;
            streams = [Own(new CudaStream(session.Context)), Own(new CudaStream(session.Context))];
            check = Own(new DeviceCheck(session, streams[0]));
            latch = Own(new PinnedMemory(session.Context, 64));
            latchOnDevice = latch.OnDevice;
            *Latch = turn;
            (start, end) = (Own(new CudaEvent(session.Context)), Own(new CudaEvent(session.Context)));
            paths = test.Both
                ? [Path(measured, each, seed), Path(other, test.BySms ? each : 2 * each, ~seed)]
                : [Path(measured, each, seed)];
            if (test.BySms) sms = new(session, test.Both ? "gl_link_both" : "gl_stream_copy", each, paths.Length);
            Facts = Chosen();
            foreach (var path in paths) path.Poison(streams[0]);
            Unheld();
            if (Verify() is { } broken) throw new InvalidOperationException($"a copy is wrong: {broken}");
            foreach (var path in paths) path.Poison(streams[0]);
            Unheld();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Ceiling? Ceiling => null;

    public IReadOnlyDictionary<string, string> Facts { get; }

    /// <summary>For tests that plant an error.</summary>
    internal CopyPath Measured => paths[0];

    /// <summary>Streams that copy: the engines need one for each direction.</summary>
    int Lanes => sms is null ? paths.Length : 1;

    uint* Latch => (uint*)latch.Start;

    /// <summary>Whether the kernel that held a stream was let go: the third word of a gl_latch_result, 16 bytes each after the latch's own.</summary>
    uint* Released(int lane) => Latch + (4 * (lane + 1)) + 2;

    public void Sample(ref SampleSink sink)
    {
        session.Clock.Renew();
        turn++;
        for (var i = 0; i < Lanes; i++)
        {
            *Released(i) = 0;
            hold.Launch(streams[i], 1, 1, 0, latchOnDevice.Address, turn, Patience, (latchOnDevice + 16 * (i + 1)).Address);
            for (var copy = 0; copy < WarmUps; copy++) Queue(i);
        }
        start.Record(streams[0]);
        if (Lanes > 1) streams[1].WaitFor(start);
        for (var i = 0; i < Lanes; i++)
        {
            for (var copy = 0; copy < Copies; copy++) Queue(i);
        }
        end.Record(streams[0]);
        Volatile.Write(ref *Latch, turn);
        for (var i = 0; i < Lanes; i++) streams[i].Synchronize();
        for (var i = 0; i < Lanes; i++)
        {
            if (*Released(i) == 0) wrong ??= "a kernel that held a stream gave up before it was let go: copies were timed that were not queued yet";
        }
        var nanoseconds = end.Since(start);
        var from = session.Clock.HostTime(start);
        var rate = Math.Floor((double)bytes * Copies * 1e6 / Math.Max(1, Math.Floor(nanoseconds / 1e3)));
        sink.Add(0, from, from + (long)nanoseconds, Copies, test is { BySms: true, Both: true } ? rate / 2 : rate);
    }

    public string? Verify()
    {
        foreach (var stream in streams) stream.Synchronize();
        if (wrong is not null) return wrong;
        foreach (var path in paths)
        {
            if (path.Wrong(check) is { } found) return $"{path.Route}: {found}";
        }
        return null;
    }

    public void Dispose()
    {
        // Nothing may stay held.
        if (latch is not null) Volatile.Write(ref *Latch, turn);
        foreach (var stream in streams ?? []) _ = DriverCalls.cuStreamSynchronize(stream.Raw);
        for (var i = owned.Count - 1; i >= 0; i--) owned[i].Dispose();
        owned.Clear();
    }

    T Own<T>(T made)
        where T : IDisposable
    {
        owned.Add(made);
        return made;
    }

    CopyPath Path(Route route, long size, ulong seed) => Own(new CopyPath(session, streams[0], route, size / Vector16.Size, seed));

    void Queue(int lane)
    {
        if (sms is null) paths[lane].QueueByEngine(streams[lane]);
        else if (test.Both) sms.Queue(streams[0], (Up.From, Up.To), (Down.From, Down.To));
        else sms.Queue(streams[0], paths[0].From, paths[0].To);
    }

    CopyPath Up => paths[test.Up ? 0 : 1];

    CopyPath Down => paths[test.Up ? 1 : 0];

    /// <summary>Everything once with nothing held: a module that is loaded behind a kernel which waits for the host would never come.</summary>
    void Unheld()
    {
        hold.Launch(streams[0], 1, 1, 0, latchOnDevice.Address, turn, Patience, (latchOnDevice + 16).Address);
        for (var i = 0; i < Lanes; i++) Queue(i);
        foreach (var stream in streams) stream.Synchronize();
    }

    Dictionary<string, string> Chosen()
    {
        var facts = new Dictionary<string, string>
        {
            ["device"] = session.Device.Name,
            ["bytes"] = Units.BytesText(bytes),
            ["memory"] = "pinned",
            ["timing"] = string.Create(CultureInfo.InvariantCulture, $"events round {Copies} copies behind {WarmUps}, all queued while a kernel held the stream; whole microseconds"),
        };
        if (sms is not null)
        {
            facts["kernel"] = sms.Name;
            return facts;
        }
        if (test.Both) facts[LinkInfo.Directions] = "both at once";
        facts["copy engines"] = session.Device.Attribute(CUdevice_attribute.AsyncEngineCount).ToString(CultureInfo.InvariantCulture);
        return facts;
    }
}
