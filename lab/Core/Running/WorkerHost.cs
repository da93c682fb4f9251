using GpuLab.Model;
using GpuLab.Results;

namespace GpuLab.Running;

/// <summary>How a worker is started; the same for every worker of a partition but for slice and slot.</summary>
/// <param name="Arena">Path of the shared memory.</param>
/// <param name="Slots">Slots in it.</param>
/// <param name="Slot">The worker's own.</param>
/// <param name="Device">What it works on.</param>
public sealed record WorkerOptions(string Arena, int Slots, int Slot, string Slice, DeviceId Device, IReadOnlyList<int> Cpus)
{
    /// <summary>Variables of the slice, such as <c>CUDA_VISIBLE_DEVICES</c>.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>File of planted effects; empty for none. Simulated devices only.</summary>
    public string Plant { get; init; } = "";

    /// <summary>Whether the worker is a process of its own, so that it can die alone.</summary>
    public bool OwnProcess { get; init; } = true;
}

/// <summary>
/// The worker's side of the protocol. One thread reads messages, so that the end of standard input is noticed at once;
/// another, the probe thread, does everything a probe does and never touches a pipe while it measures.
/// </summary>
/// <param name="probes">Carries out a probe by id on this worker's device; null where it cannot.</param>
public sealed class WorkerHost(WorkerOptions options, Func<string, IProbe?> probes, IReadOnlyDictionary<string, string> identity) : IDisposable
{
    readonly Arena arena = Arena.Open(options.Arena, options.Slots);
    readonly Mailbox<WorkerMessage> inbox = new();
    IPreparedProbe? prepared;
    Communicator? communicator;
    Thread? measuring;

    /// <summary>Longest sleeps of a simulated worker, nanoseconds: until there is room in its ring, and until the coordinator sets something.</summary>
    const long Glance = 200_000, Patience = 100_000_000;

    /// <summary>Called first on the thread that measures, to pin it.</summary>
    public Action? OnProbeThread { get; init; }

    /// <summary>Runs until the coordinator says exit or closes the pipe.</summary>
    /// <returns>Whether it was told to exit.</returns>
    public bool Run(TextReader from, TextWriter to)
    {
        measuring = new Thread(() => Measure(to)) { IsBackground = true, Name = "probe" };
        measuring.Start();
        Send(to, new Hello(options.Slice, WorkerMessage.Protocol, Environment.ProcessId, identity));
        while (from.ReadLine() is { } line)
        {
            var message = WorkerMessage.FromLine(line);
            inbox.Add(message);
            if (message is not Exit) continue;
            measuring.Join();
            return true;
        }
        inbox.Close();
        return false;
    }

    /// <summary>A probe that does not come to an end keeps its memory.</summary>
    public void Dispose()
    {
        if (measuring?.Join(TimeSpan.FromSeconds(2)) == false) return;
        arena.Dispose();
    }

    void Measure(TextWriter to)
    {
        OnProbeThread?.Invoke();
        foreach (var message in inbox.All())
        {
            if (message is Exit) break;
            Send(to, Answer(message));
        }
        LetGo();
    }

    void LetGo()
    {
        prepared?.Dispose();
        communicator?.Dispose();
        (prepared, communicator) = (null, null);
    }

    WorkerMessage Answer(WorkerMessage message)
    {
        try
        {
            return message switch
            {
                Prepare prepare => Get(prepare),
                Go go => Work(go),
                Finish => Close(),
                _ => new Failed(options.Slice, $"unexpected message {message.GetType().Name}"),
            };
        }
        catch (ProbeSkippedException skip)
        {
            return new Skipped(options.Slice, skip.Message);
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            Console.Error.WriteLine(broken);
            return new Failed(options.Slice, $"{broken.GetType().Name}: {broken.Message}");
        }
    }

    Ready Get(Prepare prepare)
    {
        LetGo();
        var probe = probes(prepare.Probe) ?? throw new ProbeSkippedException($"{prepare.Probe} cannot run on {options.Device}");
        var parameters = ParameterDocuments.Read(prepare.Parameters);
        if (prepare.Shared is { } shared) communicator = new(shared, prepare.Team ?? [], options.Slice, arena, options.Slot);
        prepared = probe.Prepare(new(options.Slice, options.Cpus, parameters, prepare.Seed)
        {
            Team = prepare.Team ?? [], Communicator = communicator,
            Scratch = prepare.Scratch, Device = options.Device, Repeat = prepare.Repeat, Plant = options.Plant, OwnProcess = options.OwnProcess,
        });
        // A collection must not fall into a timed region; virtual time does not notice one.
        if (prepared is not IVirtualProbe) GC.Collect();
        return new(options.Slice, prepared.Ceiling?.Value, prepared.Ceiling?.Source ?? "", prepared.Facts, prepared.KeepsTuning);
    }

    Done Work(Go go)
    {
        if (prepared is null) throw new InvalidOperationException("go before prepare");
        var ring = arena.Ring(options.Slot);
        var slot = arena[options.Slot];
        var sink = new SampleSink(ring);
        var dropped = ring.Dropped;
        ring.Rewind();
        slot.SetArmed(go.Number);
        arena.Answer();
        var deadline = Deadline();
        if (prepared is IVirtualProbe simulated)
        {
            simulated.Begin(new(go.Phase, deadline, [.. (go.Beside ?? []).Select(b => new Neighbour(b.Slice, b.Probe, ParameterDocuments.Read(b.Parameters), b.Duty))], go.PeriodNs));
            Predict(simulated, ring, slot, ref sink);
        }
        else
        {
            var queued = prepared as IQueuedProbe;
            queued?.Begin(go.PeriodNs > 0);
            Monotonic.WaitUntil(deadline);
            while (communicator?.Next(go.Number) ?? !arena.Stop)
            {
                var start = go.PeriodNs > 0 ? Monotonic.Now : 0;
                prepared.Sample(ref sink);
                slot.SetHeartbeat(Monotonic.Now);
                if (go.PeriodNs > 0) Rest(start + go.PeriodNs);
            }
            queued?.End(ref sink);
        }
        return new(options.Slice, go.Number, ring.Written, ring.Dropped - dropped);
    }

    /// <summary>The start; 0 where the phase is called off. A real worker stays awake, so that it starts when it should.</summary>
    long Deadline()
    {
        while (true)
        {
            var calls = arena.Calls;
            if (arena.Deadline is not 0 and var deadline) return deadline;
            if (arena.Stop) return 0;
            if (prepared is IVirtualProbe) arena.AwaitCall(calls, Patience);
            else Thread.Sleep(0);
        }
    }

    /// <summary>Goes on to the horizon, waits there, and never loses a sample to a full ring.</summary>
    void Predict(IVirtualProbe probe, SampleRing ring, ArenaSlot slot, ref SampleSink sink)
    {
        var told = false;
        while (!arena.Stop)
        {
            var calls = arena.Calls;
            var full = ring.Room < IVirtualProbe.MostAtOnce;
            if (probe.Now < arena.Horizon && !full)
            {
                probe.Sample(ref sink);
                slot.SetHeartbeat(probe.Now);
                told = false;
                continue;
            }
            slot.SetHeartbeat(probe.Now);
            if (!told) arena.Answer();
            told = true;
            // That there is room again is not said.
            arena.AwaitCall(calls, full ? Glance : Patience);
        }
    }

    /// <summary>Waits for the next start, in short steps so that the end of the phase is not missed. A start that has passed is not made up for.</summary>
    void Rest(long next)
    {
        const long step = 5_000_000;
        while (!arena.Stop && Monotonic.Now < next) Monotonic.WaitUntil(Math.Min(next, Monotonic.Now + step), spin: 50_000);
    }

    Finished Close()
    {
        var wrong = prepared?.Verify();
        LetGo();
        return new(options.Slice, wrong);
    }

    static void Send(TextWriter to, WorkerMessage message)
    {
        lock (to)
        {
            to.WriteLine(message.ToLine());
            to.Flush();
        }
    }
}
