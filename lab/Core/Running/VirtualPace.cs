namespace GpuLab.Running;

/// <summary>
/// Virtual time of one trial: a horizon in shared memory that workers go up to. It moves from look to look, so a look always sees
/// exactly the samples that start before it.
/// </summary>
/// <param name="timeScale">Wall seconds for a virtual one, for people who watch; 0 goes as fast as it can.</param>
sealed class VirtualPace(Arena arena, double timeScale) : IPace
{
    /// <summary>Every trial begins at the same virtual time; 0 stands for no time at all.</summary>
    const long Beginning = 1_000_000_000;

    /// <summary>Between two phases.</summary>
    const long Lead = 1_000_000;

    /// <summary>Between two looks at whether a worker died on the way, nanoseconds.</summary>
    const long Glance = 5_000_000;

    readonly Dictionary<ArenaSlot, (long Beat, long Seen)> beats = [];
    IReadOnlyList<ArenaSlot> team = [];
    long now = Beginning, start, wake;

    public long Elapsed => now - start;

    public long Now => now;

    /// <summary>After the last sample of the phase before, which may end beyond its horizon.</summary>
    public long Start(IReadOnlyList<ArenaSlot> workers)
    {
        start = now = Math.Max(now, beats.Count == 0 ? now : beats.Keys.Max(b => b.Heartbeat)) + Lead;
        team = workers;
        foreach (var worker in workers) beats[worker] = (start, Monotonic.Now);
        arena.Horizon = now;
        return start;
    }

    public void Allow(long nanoseconds)
    {
        now += nanoseconds;
        wake = Monotonic.Now + (long)(nanoseconds * timeScale);
        arena.Horizon = now;
    }

    public Task Wait(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var left = wake - Monotonic.Now;
        if (left > 1_000_000) return Task.Delay(TimeSpan.FromMilliseconds(Math.Min(left / 1e6, 200)), cancel);
        var answers = arena.Answers;
        if (!Reached(team)) arena.AwaitAnswer(answers, Glance);
        return Task.CompletedTask;
    }

    public bool Reached(IReadOnlyList<ArenaSlot> workers)
    {
        if (Monotonic.Now < wake) return false;
        foreach (var worker in workers)
        {
            if (worker.Heartbeat < now) return false;
        }
        return true;
    }

    public long Silence(ArenaSlot worker)
    {
        var beat = worker.Heartbeat;
        var wall = Monotonic.Now;
        if (beat >= now || !beats.TryGetValue(worker, out var last) || last.Beat != beat) beats[worker] = last = (beat, wall);
        return wall - last.Seen;
    }
}
