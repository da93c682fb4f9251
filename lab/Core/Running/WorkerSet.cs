using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Results;
using GpuLab.Sweeps;

namespace GpuLab.Running;

/// <summary>How this program is started again as a worker, and where workers leave their standard error.</summary>
/// <param name="Command">Executable and leading arguments.</param>
public sealed record WorkerLauncher(IReadOnlyList<string> Command, Func<string, string> LogPath)
{
    /// <summary>Makes a worker's side on a thread of this process; null for a process of its own. Simulated devices only.</summary>
    public Func<WorkerOptions, WorkerHost>? InProcess { get; init; }

    /// <summary>File of planted effects; empty for none. Simulated devices only.</summary>
    public string Plant { get; init; } = "";

    /// <summary>Wall seconds for a virtual one; 0 is as fast as it goes. Simulated devices only.</summary>
    public double TimeScale { get; init; }
}

/// <summary>
/// The workers of one partition: started together, kept for all its trials, replaced when one breaks.
/// </summary>
sealed class WorkerSet(WorkerLauncher launcher, DeviceId device, IReadOnlyList<Slice> slices, Timeouts timeouts, Action<RunEvent> log) : IAsyncDisposable
{
    /// <summary>A worker that cannot even say hello so many times in a row will not do so the next time.</summary>
    const int Attempts = 3;

    readonly WorkerProcess?[] workers = new WorkerProcess?[slices.Count];

    public Arena Arena { get; } = Arena.Create(slices.Count);

    /// <summary>Runs one trial by the clock of the device.</summary>
    /// <param name="clocks">Reads the clocks of the device by scope, while some slices are at work in a repeat.</param>
    public TrialRunner Trial(Stopping stopping, Func<IReadOnlyList<Work>, int, IReadOnlyDictionary<string, double>> clocks)
    {
        return new(Arena, stopping, timeouts, device.Kind == DeviceKind.Simulated ? new VirtualPace(Arena, launcher.TimeScale) : new WallPace(), device.Kind, clocks);
    }

    /// <summary>Live workers of some slices, started where there are none.</summary>
    /// <exception cref="PartitionException">One does not start, or is not where it should be.</exception>
    public async Task<IReadOnlyList<WorkerProcess>> Get(IReadOnlyList<Slice> wanted, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            var missing = wanted.Where(s => workers[s.Index] is not { Alive: true }).ToList();
            if (missing.Count == 0) return [.. wanted.Select(s => workers[s.Index]!)];
            if (await Start(missing, cancel) is not { } wrong) continue;
            if (attempt == Attempts) throw new PartitionException($"a worker did not start {Attempts} times in a row: {wrong.Message}", wrong);
        }
    }

    /// <summary>Starts them all at once, since most of a start is waiting for the runtime.</summary>
    /// <returns>What went wrong with one of them, or null.</returns>
    async Task<WorkerException?> Start(IReadOnlyList<Slice> missing, CancellationToken cancel)
    {
        foreach (var slice in missing)
        {
            await Drop(slice.Index);
            Arena.Clear(slice.Index);
            workers[slice.Index] = WorkerProcess.Start(launcher, slice, Arena, device);
        }
        WorkerException? first = null;
        foreach (var slice in missing)
        {
            try
            {
                await Greet(workers[slice.Index]!, cancel);
            }
            catch (WorkerException wrong)
            {
                first ??= wrong;
                await Drop(slice.Index);
            }
        }
        return first;
    }

    /// <summary>Ends a worker that broke, with all it started; the next <see cref="Get"/> starts another.</summary>
    public async Task Drop(int slot)
    {
        if (workers[slot] is not { } worker) return;
        workers[slot] = null;
        await worker.Kill();
        log(new WorkerEvent(Monotonic.Now, worker.Slice.Name, "ended", "", 0));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in workers)
        {
            if (worker is not null) await worker.DisposeAsync();
        }
        Arena.Dispose();
    }

    async Task Greet(WorkerProcess worker, CancellationToken cancel)
    {
        var hello = await worker.Receive<Hello>(timeouts.Hello, cancel);
        Compare(worker.Slice, hello);
        log(new WorkerEvent(Monotonic.Now, worker.Slice.Name, "started", $"pid {hello.Pid}", (Monotonic.Now - worker.Started) / 1e9));
    }

    static void Compare(Slice slice, Hello hello)
    {
        if (hello.Version != WorkerMessage.Protocol) throw new WorkerException($"the worker speaks protocol {hello.Version}, not {WorkerMessage.Protocol}");
        if (SliceIdentity.Mismatch(slice.Identity, hello.Identity) is { } wrong) throw new WorkerException($"the worker is not on {slice.Name}: its {wrong}");
    }
}
