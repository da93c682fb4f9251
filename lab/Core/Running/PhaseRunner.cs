using System.Globalization;
using GpuLab.Results;

namespace GpuLab.Running;

/// <summary>
/// One phase of a trial: arms the workers, sets the common deadline, sleeps, looks at what arrives, sets the stop flag.
/// Between looks the coordinator is blocked, so that it takes no processor time from the slices it measures.
/// </summary>
sealed class PhaseRunner(Arena arena, Timeouts timeouts)
{
    /// <summary>From setting the deadline to the start; workers are armed by then and only have to spin.</summary>
    const long Lead = 1_000_000;

    /// <summary>Longest sleep of the coordinator between two looks, so that a dead worker or Ctrl-C is noticed.</summary>
    const long LongestSleep = 200_000_000;

    static long number;

    /// <summary>Seconds spent in phases so far.</summary>
    public double Seconds { get; private set; }

    /// <param name="enough">Looks at the samples so far (by worker, in the order given) and at the nanoseconds since the
    /// start; returns how many more nanoseconds to sleep, 0 to end the phase.</param>
    /// <param name="periods">Of the workers, from one start of a sample to the next; null where all work back to back.</param>
    public async Task<IReadOnlyList<List<Sample>>> Run(Phase phase, IReadOnlyList<WorkerProcess> workers, Func<IReadOnlyList<List<Sample>>, long, long> enough, CancellationToken cancel, IReadOnlyList<long>? periods = null)
    {
        var id = Interlocked.Increment(ref number);
        arena.Deadline = 0;
        arena.Stop = false;
        for (var i = 0; i < workers.Count; i++) workers[i].Send(new Go(workers[i].Slice.Name, id, phase, periods?[i] ?? 0));
        await Armed(workers, id, cancel);
        var start = Monotonic.Now + Lead;
        foreach (var worker in workers) arena[worker.Slot].SetHeartbeat(start);
        arena.Deadline = start;
        var samples = workers.Select(_ => new List<Sample>(256)).ToArray();
        try
        {
            long sleep;
            while ((sleep = enough(samples, Math.Max(0, Monotonic.Now - start))) > 0)
            {
                await Sleep(sleep, cancel);
                Drain(workers, samples);
                await Watch(workers);
            }
        }
        finally
        {
            arena.Stop = true;
        }
        foreach (var worker in workers) await worker.Receive<Done>(timeouts.Silence, cancel);
        Seconds += (Monotonic.Now - start) / 1e9;
        Drain(workers, samples);
        return samples;
    }

    async Task Armed(IReadOnlyList<WorkerProcess> workers, long id, CancellationToken cancel)
    {
        var late = Monotonic.Now + (long)timeouts.Silence.TotalNanoseconds;
        while (workers.Any(w => arena[w.Slot].Armed != id))
        {
            cancel.ThrowIfCancellationRequested();
            // An answer instead of arming is a failure that Receive turns into its reason.
            if (workers.FirstOrDefault(w => !w.Alive || w.HasAnswer) is { } wrong) await wrong.Receive<Done>(timeouts.Silence, cancel);
            if (Monotonic.Now > late) throw new WorkerException("the worker did not get ready to start a phase");
            Monotonic.WaitUntil(Monotonic.Now + 50_000, spin: 0);
        }
    }

    static async Task Sleep(long nanoseconds, CancellationToken cancel) =>
        await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(1, Math.Min(nanoseconds, LongestSleep) / 1e6)), cancel);

    void Drain(IReadOnlyList<WorkerProcess> workers, List<Sample>[] samples)
    {
        for (var i = 0; i < workers.Count; i++) arena.Ring(workers[i].Slot).Drain(samples[i]);
    }

    async Task Watch(IReadOnlyList<WorkerProcess> workers)
    {
        foreach (var worker in workers)
        {
            if (!worker.Alive) throw new WorkerException(await worker.Obituary());
            var silent = (Monotonic.Now - arena[worker.Slot].Heartbeat) / 1e9;
            if (silent > timeouts.Silence.TotalSeconds)
                throw new WorkerException(string.Create(CultureInfo.InvariantCulture, $"the worker on {worker.Slice.Name} hung: no sample for {silent:0.#} s"));
        }
    }
}
