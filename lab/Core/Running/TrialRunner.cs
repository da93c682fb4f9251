using System.Globalization;
using System.Runtime.InteropServices;
using GpuLab.Results;
using GpuLab.Statistics;
using GpuLab.Sweeps;

namespace GpuLab.Running;

/// <summary>
/// One trial from prepare to verification. Alone: warm-up, solo. Several slices: warm-up together, each alone, all
/// together, each alone again, in the same processes and on the same memory (MEASUREMENT 3).
/// </summary>
/// <param name="simulated">Whether samples are predictions; they say so, and workers are told what runs beside them.</param>
sealed class TrialRunner(Arena arena, Stopping stopping, Timeouts timeouts, IPace pace, bool simulated)
{
    readonly PhaseRunner phases = new(arena, timeouts, pace);
    readonly List<SampleRow> rows = [];
    readonly List<RunEvent> events = [];
    readonly SortedSet<string> flags = new(StringComparer.Ordinal);

    /// <exception cref="ProbeSkippedException">A worker cannot measure this cell.</exception>
    /// <exception cref="WorkerException">A worker broke its promises; it must be replaced.</exception>
    public async Task<TrialResult> Run(Trial trial, IReadOnlyList<WorkerProcess> workers, ulong seed, string scratch, CancellationToken cancel)
    {
        await Prepare(trial, workers, seed, scratch, cancel);
        await Phase(trial, Results.Phase.Warmup, workers, (_, elapsed) => (long)(stopping.Warmup * 1e9) - elapsed, cancel);
        if (workers.Count == 1)
        {
            await Alone(trial, Results.Phase.Solo, workers[0], share: 1, cancel);
        }
        else
        {
            // Before and after count as one solo measurement, so each needs half of it.
            foreach (var worker in workers) await Alone(trial, Results.Phase.SoloBefore, worker, share: 0.5, cancel);
            await Together(trial, workers, cancel);
            foreach (var worker in workers) await Alone(trial, Results.Phase.SoloAfter, worker, share: 0.5, cancel);
        }
        await Finish(workers, cancel);
        return new(rows, events, [.. flags], phases.Seconds);
    }

    StoppingRule RuleFor(Trial trial, double share) => new(stopping with
    {
        MinSamples = Math.Max(3, (int)(stopping.MinSamples * share)), MinTime = stopping.MinTime * share,
    }, stopping.Precision ?? trial.Cell.Probe.Precision);

    async Task Prepare(Trial trial, IReadOnlyList<WorkerProcess> workers, ulong seed, string scratch, CancellationToken cancel)
    {
        var parameters = ParameterDocuments.Write(trial.Cell.Parameters);
        foreach (var worker in workers)
            worker.Send(new Prepare(worker.Slice.Name, trial.Id, trial.Cell.Probe.Id, parameters, seed, scratch, trial.Repeat));
        ProbeSkippedException? skip = null;
        foreach (var worker in workers)
        {
            try
            {
                var ready = await worker.Receive<Ready>(timeouts.Prepare, cancel);
                events.Add(new TrialReady(Monotonic.Now, trial.Id, worker.Slice.Name, ready.Ceiling, ready.CeilingSource, ready.Facts));
            }
            catch (ProbeSkippedException reason)
            {
                // The others still owe an answer, which the next trial must not find in its way.
                skip ??= reason;
            }
        }
        if (skip is not null) throw skip;
    }

    async Task Alone(Trial trial, Phase phase, WorkerProcess worker, double share, CancellationToken cancel)
    {
        var watch = new SliceWatch(RuleFor(trial, share), (long)(stopping.MinTime * share * 1e9));
        await Phase(trial, phase, [worker], (samples, elapsed) => Awaited(samples, elapsed) ?? watch.Look(samples[0], elapsed, null), cancel);
        Note(watch);
    }

    async Task Together(Trial trial, IReadOnlyList<WorkerProcess> workers, CancellationToken cancel)
    {
        var watches = workers.Select(_ => new SliceWatch(RuleFor(trial, share: 1), (long)(stopping.MinTime * 1e9))).ToArray();
        var needed = (long)(Math.Min(0.5, stopping.MinTime) * 1e9);
        var tail = 0L;
        var samples = await Phase(trial, Results.Phase.Together, workers, (samples, elapsed) =>
        {
            if (tail > 0) return Math.Max(0, tail - elapsed);
            if (Awaited(samples, elapsed) is { } wait) return wait;
            var window = CommonWindow.Of(samples);
            var most = 0L;
            for (var i = 0; i < watches.Length; i++) most = Math.Max(most, watches[i].Look(samples[i], elapsed, window));
            if (window.Length < needed && elapsed < stopping.MaxTime * 1e9) most = Math.Max(most, needed - window.Length + 2 * CommonWindow.LeastGuard);
            if (most > 0) return most;
            // Nobody stops alone: all go on for a while after the last rule is met.
            var longest = samples.Max(s => s.Count == 0 ? 0 : s.Max(x => x.End - x.Start));
            tail = elapsed + Math.Max(100_000_000, 3 * longest);
            return tail - elapsed;
        }, cancel);
        foreach (var watch in watches) Note(watch);
        Judge(trial, workers, samples, needed);
    }

    /// <summary>On a busy machine the first sample may take longer than the longest time of a very short repeat; it is waited for.</summary>
    long? Awaited(IReadOnlyList<List<Sample>> samples, long elapsed) =>
        samples.Any(s => s.Count == 0) && elapsed < timeouts.Silence.TotalNanoseconds ? 5_000_000 : null;

    /// <summary>Keeps the proof of overlap, or the flag that there is none.</summary>
    void Judge(Trial trial, IReadOnlyList<WorkerProcess> workers, IReadOnlyList<List<Sample>> samples, long needed)
    {
        var window = CommonWindow.Of(samples);
        var busy = workers.Select((w, i) => (w.Slice.Name, Share: window.Busy[i])).ToDictionary(x => x.Name, x => x.Share);
        events.Add(new TrialWindow(Monotonic.Now, trial.Id, Results.Phase.Together, window.Start, window.End, window.Skew, busy));
        if (window.Length < needed || window.Busy.Any(b => b < CommonWindow.BusyLimit) || window.Inside.Any(n => n < 3)) flags.Add("no-overlap");
    }

    void Note(SliceWatch watch)
    {
        if (watch.Flag is { } flag) flags.Add(flag);
    }

    async Task<IReadOnlyList<List<Sample>>> Phase(Trial trial, Phase phase, IReadOnlyList<WorkerProcess> workers, Func<IReadOnlyList<List<Sample>>, long, long> enough, CancellationToken cancel)
    {
        var samples = await phases.Run(workers, (worker, id) => new(worker.Slice.Name, id, phase, simulated ? Beside(trial, worker, workers) : null), enough, cancel);
        for (var i = 0; i < workers.Count; i++)
        {
            if (workers[i].Dropped > 0) flags.Add("dropped");
            if (samples[i].Count == 0 && phase != Results.Phase.Warmup) throw new WorkerException($"{trial.Cell.Probe.Id} took no sample on {workers[i].Slice.Name}");
            Keep(trial, phase, workers[i].Slice.Name, samples[i]);
        }
        return samples;
    }

    static IReadOnlyList<WorkBeside> Beside(Trial trial, WorkerProcess worker, IReadOnlyList<WorkerProcess> workers)
    {
        if (workers.Count == 1) return [];
        var parameters = ParameterDocuments.Write(trial.Cell.Parameters);
        return [.. workers.Where(w => w != worker).Select(w => new WorkBeside(w.Slice.Name, trial.Cell.Probe.Id, parameters))];
    }

    void Keep(Trial trial, Phase phase, string slice, List<Sample> samples)
    {
        var first = samples.Count == 0 ? 0 : samples[0].Index;
        var metrics = trial.Cell.Probe.Metrics;
        foreach (ref readonly var sample in CollectionsMarshal.AsSpan(samples))
        {
            if ((uint)sample.Metric >= (uint)metrics.Count) throw new WorkerException(string.Create(CultureInfo.InvariantCulture, $"a sample of metric {sample.Metric}, which {trial.Cell.Probe.Id} does not have"));
            rows.Add(new(trial.Id, trial.Repeat, slice, phase, sample.Index - first, metrics[sample.Metric].Name,
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

    async Task Finish(IReadOnlyList<WorkerProcess> workers, CancellationToken cancel)
    {
        foreach (var worker in workers) worker.Send(new Finish(worker.Slice.Name));
        foreach (var worker in workers)
        {
            var finished = await worker.Receive<Finished>(timeouts.Prepare, cancel);
            if (finished.Wrong is null) continue;
            flags.Add("wrong-data");
            events.Add(new WorkerEvent(Monotonic.Now, worker.Slice.Name, "wrong-data", finished.Wrong, 0));
        }
    }
}
