using System.Globalization;

namespace GpuLab.Running;

/// <summary>
/// One phase of a trial: arms the workers, sets the common deadline, waits, looks at what arrives, sets the stop flag.
/// Between looks the coordinator is blocked, so that it takes no processor time from the slices it measures.
/// </summary>
sealed class PhaseRunner(Arena arena, Timeouts timeouts, IPace pace)
{
    /// <summary>Between two looks at whether a worker that should get ready is still alive, nanoseconds.</summary>
    const long Glance = 5_000_000;

    static long number;

    /// <summary>Seconds of wall time spent in phases so far.</summary>
    public double Seconds { get; private set; }

    /// <param name="go">The message that sends a worker off, for a phase of that number.</param>
    /// <param name="enough">Looks at the samples so far (by worker, in the order given) and at the nanoseconds since the
    /// start; returns how many more nanoseconds to wait, 0 to end the phase.</param>
    public async Task<IReadOnlyList<List<Sample>>> Run(IReadOnlyList<WorkerProcess> workers, Func<WorkerProcess, long, Go> go, Func<IReadOnlyList<List<Sample>>, long, long> enough, CancellationToken cancel)
    {
        var id = Interlocked.Increment(ref number);
        arena.Deadline = 0;
        arena.Horizon = 0;
        arena.Stop = false;
        foreach (var worker in workers) worker.Send(go(worker, id));
        await Armed(workers, id, cancel);
        var began = Monotonic.Now;
        ArenaSlot[] slots = [.. workers.Select(w => arena[w.Slot])];
        var start = pace.Start(slots);
        foreach (var slot in slots) slot.SetHeartbeat(start);
        arena.Deadline = start;
        var samples = workers.Select(_ => new List<Sample>(256)).ToArray();
        try
        {
            long more;
            while ((more = enough(samples, pace.Elapsed)) > 0)
            {
                pace.Allow(more);
                bool reached;
                do
                {
                    await pace.Wait(cancel);
                    // Before draining: what is there when all have arrived is then all there is.
                    reached = pace.Reached(slots);
                    Drain(workers, samples);
                    await Watch(workers);
                }
                while (!reached);
            }
        }
        finally
        {
            arena.Stop = true;
        }
        // Whoever fails first says why: others may only have waited for it.
        await foreach (var done in Task.WhenEach(workers.Select(w => w.Receive<Done>(timeouts.Silence, cancel)))) await done;
        Seconds += (Monotonic.Now - began) / 1e9;
        Drain(workers, samples);
        return samples;
    }

    async Task Armed(IReadOnlyList<WorkerProcess> workers, long id, CancellationToken cancel)
    {
        var late = Monotonic.Now + (long)timeouts.Silence.TotalNanoseconds;
        while (true)
        {
            var answers = arena.Answers;
            if (workers.All(w => arena[w.Slot].Armed == id)) return;
            cancel.ThrowIfCancellationRequested();
            // An answer instead of arming is a failure that Receive turns into its reason.
            if (workers.FirstOrDefault(w => !w.Alive || w.HasAnswer) is { } wrong) await wrong.Receive<Done>(timeouts.Silence, cancel);
            if (Monotonic.Now > late) throw new WorkerException("the worker did not get ready to start a phase");
            arena.AwaitAnswer(answers, Glance);
        }
    }

    void Drain(IReadOnlyList<WorkerProcess> workers, List<Sample>[] samples)
    {
        for (var i = 0; i < workers.Count; i++) arena.Ring(workers[i].Slot).Drain(samples[i]);
    }

    async Task Watch(IReadOnlyList<WorkerProcess> workers)
    {
        foreach (var worker in workers)
        {
            if (!worker.Alive) throw new WorkerException(await worker.Obituary());
            // Nothing is due before the stop flag: what it says now is why it cannot go on.
            if (worker.HasAnswer) await worker.Receive<Done>(timeouts.Silence, CancellationToken.None);
            var silent = pace.Silence(arena[worker.Slot]) / 1e9;
            if (silent > timeouts.Silence.TotalSeconds)
                throw new WorkerException(string.Create(CultureInfo.InvariantCulture, $"the worker on {worker.Slice.Name} hung: no sample for {silent:0.#} s"));
        }
    }
}
