using System.Globalization;
using System.Runtime.InteropServices;
using GpuLab.Model;
using GpuLab.Results;
using GpuLab.Statistics;
using GpuLab.Statistics.Gates;
using GpuLab.Sweeps;

namespace GpuLab.Running;

/// <summary>
/// One trial from prepare to verification. In mode solo: warm-up, solo. Else: warm-up together, each victim alone, all
/// together, each victim alone again, in the same processes and on the same memory (MEASUREMENT 3). In mode joint: warm-up, all together,
/// because a part of one piece of work cannot be done alone.
/// </summary>
/// <param name="kind">Samples of a simulated device are predictions; they say so, and workers are told what runs beside them.</param>
/// <param name="clocks">Reads the clocks of the device by scope, while some slices are at work in a repeat; empty where it tells none.</param>
sealed class TrialRunner(Arena arena, Stopping stopping, Timeouts timeouts, IPace pace, DeviceKind kind, Func<IReadOnlyList<Work>, int, IReadOnlyDictionary<string, double>> clocks)
{
    readonly bool simulated = kind == DeviceKind.Simulated;
    readonly PhaseRunner phases = new(arena, timeouts, pace);
    readonly List<SampleRow> rows = [];
    readonly List<RunEvent> events = [];
    readonly SortedSet<string> flags = new(StringComparer.Ordinal);

    /// <param name="works">Who does what.</param>
    /// <param name="workers">In the same order.</param>
    /// <exception cref="ProbeSkippedException">A worker cannot measure this cell.</exception>
    /// <exception cref="WorkerException">A worker broke its promises; it must be replaced.</exception>
    public async Task<TrialResult> Run(Trial trial, IReadOnlyList<Work> works, IReadOnlyList<WorkerProcess> workers, ulong seed, string scratch, CancellationToken cancel)
    {
        IReadOnlyList<Player> team = [.. works.Zip(workers, (work, worker) => new Player(work, worker))];
        using var shared = trial.Cell.Mode == Mode.Joint && !simulated ? SharedMemory.Create() : null;
        await Prepare(trial, team, seed, scratch, shared?.Path, cancel);
        await Phase(trial, Results.Phase.Warmup, team, (_, elapsed) => (long)(stopping.WarmupOf(works) * 1e9) - elapsed, cancel);
        if (trial.Cell.Mode == Mode.Solo)
        {
            await Alone(trial, Results.Phase.Solo, team[0], share: 1, cancel);
        }
        else if (trial.Cell.Mode == Mode.Joint)
        {
            await Together(trial, team, cancel);
        }
        else
        {
            // Before and after count as one solo measurement, so each needs half of it.
            foreach (var player in team.Where(p => p.IsVictim || p.Work.Duty < 1)) await Alone(trial, Results.Phase.SoloBefore, player, share: 0.5, cancel);
            await Together(trial, team, cancel);
            foreach (var player in team.Where(p => p.IsVictim)) await Alone(trial, Results.Phase.SoloAfter, player, share: 0.5, cancel);
        }
        await Finish(team, cancel);
        return new(rows, events, [.. flags], phases.Seconds);
    }

    StoppingRule RuleFor(Player player, double share) => new(stopping with
    {
        MinSamples = Math.Max(3, (int)(stopping.MinSamples * share)), MinTime = stopping.MinTime * share, MaxTime = stopping.MaxTime * share,
    }, stopping.Precision ?? player.Work.Probe.Precision, player.Work.Probe.Slow);

    async Task Prepare(Trial trial, IReadOnlyList<Player> team, ulong seed, string scratch, string? shared, CancellationToken cancel)
    {
        IReadOnlyList<string>? joint = trial.Cell.Mode == Mode.Joint ? [.. team.Select(p => p.Work.Slice)] : null;
        ProbeSkippedException? skip = null;
        // Preparing finds ceilings and the fastest kernel by measuring, so real slices prepare one after another until they have. Simulated ones measure nothing.
        var together = simulated || team.All(p => p.Worker.Tuned.Contains(trial.Cell.Number));
        foreach (var turn in together ? [team] : team.Select(p => (IReadOnlyList<Player>)[p]))
        {
            foreach (var (work, worker) in turn)
                worker.Send(new Prepare(work.Slice, trial.Id, work.Probe.Id, ParameterDocuments.Write(work.Parameters), seed, scratch, trial.Repeat, joint, shared));
            foreach (var (_, worker) in turn)
            {
                try
                {
                    var ready = await worker.Receive<Ready>(timeouts.Prepare, cancel);
                    if (ready.KeepsTuning) worker.Tuned.Add(trial.Cell.Number);
                    events.Add(new TrialReady(Monotonic.Now, trial.Id, worker.Slice.Name, ready.Ceiling, ready.CeilingSource, ready.Facts));
                }
                catch (ProbeSkippedException reason)
                {
                    // The others of this turn still owe an answer, which the next trial must not find in its way.
                    skip ??= reason;
                }
            }
        }
        if (skip is not null) throw skip;
    }

    async Task Alone(Trial trial, Phase phase, Player player, double share, CancellationToken cancel)
    {
        var watch = new SliceWatch(RuleFor(player, share), (long)(stopping.MinTime * share * 1e9));
        var samples = await Phase(trial, phase, [player], (samples, elapsed) =>
        {
            if (Awaited(samples, elapsed) is { } wait) return wait;
            var more = watch.Look(samples[0], elapsed, null);
            // While the slice is still at work: clocks of an idle device say nothing.
            if (more == 0) ReadClocks(trial, phase, [player]);
            return more;
        }, cancel);
        if (player.IsVictim) Note(watch);
        else player.Pace = Dialling.Period(samples[0], player.Work.Duty);
    }

    async Task Together(Trial trial, IReadOnlyList<Player> team, CancellationToken cancel)
    {
        // Only figures of victims are wanted; aggressors have to work, not to be precise.
        var watches = team.Select(p => p.IsVictim ? new SliceWatch(RuleFor(p, share: 1), (long)(stopping.MinTime * 1e9)) : null).ToArray();
        var needed = (long)(Math.Min(0.5, stopping.MinTime) * 1e9);
        var tail = 0L;
        var before = Waits(trial, team);
        var samples = await Phase(trial, Results.Phase.Together, team, (samples, elapsed) =>
        {
            if (tail > 0) return Math.Max(0, tail - elapsed);
            if (Awaited(samples, elapsed) is { } wait) return wait;
            var window = CommonWindow.Of(samples);
            var longest = samples.Max(s => s.Max(x => x.End - x.Start));
            // What the guards of long samples keep off is no time that anybody had.
            var had = Math.Max(0, elapsed - 2 * Math.Max(0, 3 * longest - CommonWindow.LeastGuard));
            var most = 0L;
            for (var i = 0; i < watches.Length; i++) most = Math.Max(most, watches[i]?.Look(samples[i], had, window) ?? 0);
            if (window.Length < needed && had < stopping.MaxTime * 1e9) most = Math.Max(most, needed - window.Length + 2 * CommonWindow.LeastGuard);
            if (most > 0) return most;
            // Nobody stops alone: all go on for a while after the last rule is met.
            tail = elapsed + Math.Max(100_000_000, 3 * longest);
            ReadClocks(trial, Results.Phase.Together, team);
            return tail - elapsed;
        }, cancel);
        foreach (var watch in watches.OfType<SliceWatch>()) Note(watch);
        Judge(trial, team, samples, needed, Waiting(trial, team, before));
    }

    void ReadClocks(Trial trial, Phase phase, IReadOnlyList<Player> atWork)
    {
        if (clocks([.. atWork.Select(p => p.Work)], trial.Repeat) is not { Count: > 0 } hertz) return;
        events.Add(new TrialClocks(Monotonic.Now, trial.Id, phase, phase == Results.Phase.Together ? "" : atWork[0].Work.Slice, hertz));
    }

    /// <summary>On a busy machine the first sample may take longer than the longest time of a very short repeat; it is waited for.</summary>
    long? Awaited(IReadOnlyList<List<Sample>> samples, long elapsed) =>
        samples.Any(s => s.Count == 0) && elapsed < timeouts.Silence.TotalNanoseconds ? 5_000_000 : null;

    /// <summary>Only the processor is shared behind a sample's back: what a GPU does is timed by itself. Slices that work as one wait for each other anyway.</summary>
    IReadOnlyList<ProcessorWait?> Waits(Trial trial, IReadOnlyList<Player> team) => kind != DeviceKind.Host || team.Count == 1 || trial.Cell.Mode == Mode.Joint ? [] : [.. team.Select(p => ProcessorWait.Read(p.Worker.Pid))];

    Dictionary<string, double>? Waiting(Trial trial, IReadOnlyList<Player> team, IReadOnlyList<ProcessorWait?> before)
    {
        var after = before.Count == 0 ? [] : Waits(trial, team);
        var shares = team.Zip(before.Zip(after), (p, w) => (p.Work.Slice, Share: w.Second?.Since(w.First ?? default, p.Work.Duty)));
        return before.Count == 0 || before.Concat(after).Any(w => w is null) ? null : shares.ToDictionary(s => s.Slice, s => s.Share!.Value);
    }

    /// <summary>Keeps the proof of overlap, or the flag that there is none.</summary>
    void Judge(Trial trial, IReadOnlyList<Player> team, IReadOnlyList<List<Sample>> samples, long needed, IReadOnlyDictionary<string, double>? waiting)
    {
        var window = CommonWindow.Of(samples);
        Dictionary<string, double> busy = [];
        Dictionary<string, WindowRate> rates = [];
        for (var i = 0; i < team.Count; i++)
        {
            var (work, name) = (team[i].Work, team[i].Work.Slice);
            busy[name] = window.Busy[i];
            rates[name] = WindowRates.Of(samples[i], window, i, work, team[i].Pace);
            if (window.Busy[i] < CommonWindow.BusyLimit * work.Duty || window.Inside[i] < 3) flags.Add("no-overlap");
        }
        if (window.Length < needed) flags.Add("no-overlap");
        var proof = new TrialWindow(Monotonic.Now, trial.Id, Results.Phase.Together, window.Start, window.End, window.Skew, busy, rates, waiting);
        events.Add(proof);
        if (proof.Interleaved) Mark();
        if (Dialling.IsCoarse(team, samples)) flags.Add(Dialling.CoarseFlag);
    }

    /// <summary>What was taken together is not shown to be: every row of it says so.</summary>
    void Mark()
    {
        flags.Add(SampleRow.Interleaved);
        foreach (ref var row in CollectionsMarshal.AsSpan(rows))
        {
            if (row.Phase == Results.Phase.Together) row = row with { Flags = row.Flags.Length == 0 ? SampleRow.Interleaved : $"{row.Flags} {SampleRow.Interleaved}" };
        }
    }

    void Note(SliceWatch watch)
    {
        if (watch.Flag is { } flag) flags.Add(flag);
    }

    async Task<IReadOnlyList<List<Sample>>> Phase(Trial trial, Phase phase, IReadOnlyList<Player> team, Func<IReadOnlyList<List<Sample>>, long, long> enough, CancellationToken cancel)
    {
        var together = phase == Results.Phase.Together;
        var samples = await phases.Run([.. team.Select(p => p.Worker)],
            (worker, id) => new(worker.Slice.Name, id, phase, simulated ? Beside(worker, team) : null, together ? team.First(p => p.Worker == worker).Pace : 0), enough, cancel);
        for (var i = 0; i < team.Count; i++)
        {
            if (team[i].Worker.Dropped > 0) flags.Add("dropped");
            // A sample starts before the coordinator sets the stop flag, or its clock is ahead.
            if (samples[i].Count > 0 && samples[i][^1].Start > pace.Now) flags.Add($"{DataGates.FutureFlag}:{team[i].Work.Slice}");
            if (samples[i].Count == 0 && phase != Results.Phase.Warmup) throw new WorkerException($"{team[i].Work.Probe.Id} took no sample on {team[i].Work.Slice}");
            Keep(trial, phase, team[i].Work, samples[i]);
        }
        return samples;
    }

    static IReadOnlyList<WorkBeside> Beside(WorkerProcess worker, IReadOnlyList<Player> team) =>
        [.. team.Where(p => p.Worker != worker).Select(p => new WorkBeside(p.Work.Slice, p.Work.Probe.Id, ParameterDocuments.Write(p.Work.Parameters), p.Work.Duty))];

    void Keep(Trial trial, Phase phase, Work work, List<Sample> samples)
    {
        var first = samples.Count == 0 ? 0 : samples[0].Index;
        var metrics = work.Probe.Metrics;
        foreach (ref readonly var sample in CollectionsMarshal.AsSpan(samples))
        {
            if ((uint)sample.Metric >= (uint)metrics.Count) throw new WorkerException(string.Create(CultureInfo.InvariantCulture, $"a sample of metric {sample.Metric}, which {work.Probe.Id} does not have"));
            rows.Add(new(trial.Id, trial.Repeat, work.Slice, phase, sample.Index - first, metrics[sample.Metric].Name,
                sample.Start, sample.End, sample.Operations, sample.Value, FlagText(sample.Flags)));
        }
    }

    string FlagText(SampleFlags flags)
    {
        var text = flags switch
        {
            SampleFlags.None => "",
            SampleFlags.SlowClock => "slow-clock",
            SampleFlags.WrongState => "wrong-state",
            _ => "slow-clock wrong-state",
        };
        return !simulated ? text : text.Length == 0 ? SampleRow.Simulated : $"{SampleRow.Simulated} {text}";
    }

    async Task Finish(IReadOnlyList<Player> team, CancellationToken cancel)
    {
        foreach (var (work, worker) in team) worker.Send(new Finish(work.Slice));
        // As at the end of a phase, the first failure is the reason.
        await foreach (var answer in Task.WhenEach(team.Select(p => p.Worker.Receive<Finished>(timeouts.Prepare, cancel))))
        {
            if (await answer is not { Wrong: { } wrong } finished) continue;
            flags.Add("wrong-data");
            events.Add(new WorkerEvent(Monotonic.Now, finished.Slice, "wrong-data", wrong, 0));
        }
    }
}
