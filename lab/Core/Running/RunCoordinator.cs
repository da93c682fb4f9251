using System.Globalization;
using GpuLab.Control;
using GpuLab.Control.Simulated;
using GpuLab.Results;
using GpuLab.Statistics;
using GpuLab.Statistics.Gates;
using GpuLab.Sweeps;

namespace GpuLab.Running;

/// <summary>
/// Carries a plan out: one partition for each layout, one worker for each slice, one trial after the other, each on disk
/// before the next begins. A trial that fails costs itself; the run goes on.
/// </summary>
public sealed class RunCoordinator(IDevice device, IPartitioner partitioner, Sweep sweep, Plan plan, RunFolder folder, WorkerLauncher launcher, Timeouts timeouts, IRunProgress progress)
{
    static readonly IReadOnlyDictionary<string, double> NoClocks = new Dictionary<string, double>();

    readonly HashSet<string> finished = [.. folder.Finished];
    readonly Clockwork clock = new(plan.Seconds, Math.Max(1, plan.TrialCount - folder.Finished.Count));
    DecidedCells? decided;
    readonly OtherRuns others = new(device.Id);
    bool? tellsClocks;
    int done, failed, skipped;

    /// <summary>Stops repeating a cell once its verdicts are certain.</summary>
    /// <param name="earlier">What the folder holds from earlier executions; null for a new run.</param>
    public RunCoordinator UntilDecided(RunData? earlier)
    {
        decided = new(sweep.Repeats, earlier);
        return this;
    }

    /// <summary>Runs what is not finished yet.</summary>
    /// <returns>Why it ended early (<c>budget</c>), or empty.</returns>
    /// <exception cref="OperationCanceledException">Interrupted; the partition is restored and the folder can be resumed.</exception>
    public async Task<string> Run(CancellationToken cancel)
    {
        done = finished.Count;
        var (planned, cut) = (0.0, false);
        await using var series = await partitioner.Begin(cancel);
        foreach (var group in plan.Groups)
        {
            planned += group.Seconds;
            var trials = group.Trials.Where(t => !finished.Contains(t.Id)).ToList();
            // Each layout gets its share, so that a budget too small cuts repeats everywhere instead of the last layouts.
            var until = sweep.Budget is { } budget ? budget * planned / plan.Seconds : double.PositiveInfinity;
            if (trials.Count > 0) cut |= !await RunGroup(series, group, trials, until, cancel);
        }
        return cut ? "budget" : "";
    }

    RunState State => new(done, plan.TrialCount, failed, skipped, clock.Elapsed, clock.Left);

    async Task<bool> RunGroup(PartitionSeries series, LayoutGroup group, IReadOnlyList<Trial> trials, double until, CancellationToken cancel)
    {
        var start = Monotonic.Now;
        // The series puts it back before the next one, and the last at its end.
        var partition = await series.Next(group.Layout, group.Anew, cancel);
        var seconds = (Monotonic.Now - start) / 1e9;
        foreach (var step in partition.Steps) folder.Append(new PartitionStep(Monotonic.Now, group.Layout.ToString(), $"{step.Probe[(step.Probe.IndexOf('.', StringComparison.Ordinal) + 1)..]} {step.Metric}", step.Seconds, step.Slice));
        folder.Append(new PartitionStep(Monotonic.Now, group.Layout.ToString(), "cut", seconds));
        progress.LayoutCut(group, seconds);
        // A run that is resumed may find another state and need changes that its plan did not foresee.
        foreach (var trial in trials.Where(t => ControlInfo.Is(t.Cell.Probe) && folder.Plan.Trials.Contains(t.Id))) Keep(trial, partition);
        List<Trial> measured = [.. trials.Where(t => !ControlInfo.Is(t.Cell.Probe))];
        if (measured.Count == 0) return true;
        await using var workers = new WorkerSet(launcher, device.Id, partition.Slices, timeouts, folder.Append);
        await workers.Get(partition.Slices, cancel);
        var writer = new TrialWriter(device.Facts.Simulated, Ended);
        try
        {
            foreach (var trial in measured)
            {
                cancel.ThrowIfCancellationRequested();
                if (clock.Elapsed > until) return false;
                await RunTrial(trial, partition, workers, writer, cancel);
            }
            return true;
        }
        finally
        {
            await writer.Settle();
        }
    }

    void Ended(Trial trial, TrialDone record, IReadOnlyList<SampleRow> rows)
    {
        done++;
        clock.OneDone();
        progress.TrialEnds(trial, record, rows, State);
    }

    /// <summary>A cut that was made anyway is the sample of what it took.</summary>
    void Keep(Trial trial, Partition partition)
    {
        progress.TrialStarts(trial, State);
        SampleRow[] rows = [.. partition.Steps.Where(s => s.Probe == trial.Cell.Probe.Id)
            .Select((s, i) => new SampleRow(trial.Id, trial.Repeat, s.Slice, Phase.Solo, i, s.Metric, s.Start, s.End, 1, s.Seconds, device.Facts.Simulated ? SampleRow.Simulated : ""))];
        folder.Append(rows);
        if (rows.Length == 0) skipped++;
        var taken = partition.Steps.Where(s => s.Probe == trial.Cell.Probe.Id).Sum(s => s.Seconds);
        Ended(trial, folder.FinishTrial(rows.Length == 0 ? Outcome(trial, "skipped", "the device was already as this layout needs it", [], 0) : Outcome(trial, "ok", "", [], taken)), rows);
    }

    async Task RunTrial(Trial trial, Partition partition, WorkerSet workers, TrialWriter writer, CancellationToken cancel)
    {
        progress.TrialStarts(trial, State);
        var start = Monotonic.Now;
        var works = trial.Cell.WorksOn(partition.Slices.Select(s => s.Name));
        var (outcome, result) = decided?.Has(trial.Cell) is { } reason
            ? (Outcome(trial, "decided", reason, [], 0), null)
            : await Attempt(trial, works, [.. works.Select(w => partition.Slices.First(s => s.Name == w.Slice))], workers, cancel);
        if (result is not null) decided?.Add(trial, works, result);
        await writer.Write(trial, () =>
        {
            if (result is not null)
            {
                folder.Append(result.Rows);
                folder.Append(result.Events);
            }
            if (outcome.Status != "decided") Record(trial, works);
            return folder.FinishTrial(outcome with { WallSeconds = (Monotonic.Now - start) / 1e9 });
        }, result?.Rows ?? []);
    }

    async Task<(TrialOutcome, TrialResult?)> Attempt(Trial trial, IReadOnlyList<Work> works, IReadOnlyList<Slice> slices, WorkerSet workers, CancellationToken cancel)
    {
        // A simulated slice leaves nothing anywhere, and the folder is emptied while the next trial runs.
        var scratch = device.Facts.Simulated ? "" : folder.Scratch(trial.Id);
        using var watch = TelemetryWatch.Start(device.Telemetry, trial.Id);
        try
        {
            if (device.Telemetry is not SimulatedTelemetry) Record(trial, []);
            var at = await workers.Get(slices, cancel);
            var seed = Seed(trial);
            IReadOnlyDictionary<string, double> Clocks(IReadOnlyList<Work> atWork, int repeat) => ClocksOf(watch, atWork, repeat);
            var result = await workers.Trial(sweep.Stopping, Clocks).Run(trial, works, at, seed, scratch, cancel);
            IReadOnlyList<string> flags = result.Flags;
            if (Unproven(flags) is { } unproven)
            {
                // Something else took the processor for a moment, perhaps; what fails twice is kept with its flag. That it was tried twice is kept too:
                // whoever measures again until it works measures the quiet moments.
                folder.Append(new WorkerEvent(Monotonic.Now, string.Join('+', works.Select(w => w.Slice)), OverlapGates.RepeatedFlag, $"{trial.Id}: {unproven}", 0));
                result = await workers.Trial(sweep.Stopping, Clocks).Run(trial, works, at, seed, scratch, cancel);
                flags = [.. result.Flags, OverlapGates.RepeatedFlag];
            }
            foreach (var work in works)
            {
                var left = ProbeRequest.KeepIn(scratch, work.Slice);
                if (Directory.Exists(left)) foreach (var file in Directory.EnumerateFiles(left).Order(StringComparer.Ordinal)) folder.Keep(Monotonic.Now, trial.Id, work.Slice, file);
            }
            if (!device.Facts.Simulated && others.Seen() is { Count: > 0 } pids) flags = [.. flags, string.Create(CultureInfo.InvariantCulture, $"{HostGates.OtherRunFlag}::{string.Join(' ', pids)}")];
            return (Outcome(trial, "ok", "", flags, result.TimedSeconds), result);
        }
        catch (ProbeSkippedException skip)
        {
            skipped++;
            return (Outcome(trial, "skipped", skip.Message, [], 0), null);
        }
        catch (WorkerException wrong)
        {
            failed++;
            await Drop(slices, workers);
            return (Outcome(trial, "failed", wrong.Message, [], 0), null);
        }
        finally
        {
            if (watch is not null) folder.Append(watch.Stop());
            if (Directory.Exists(scratch)) Directory.Delete(scratch, recursive: true);
        }
    }

    /// <summary>What says that slices did not, or may not have, worked at the same time; null where it is proven, or was not asked for.</summary>
    static string? Unproven(IReadOnlyList<string> flags) => flags.FirstOrDefault(f => f is OverlapGates.Flag or SampleRow.Interleaved);

    /// <summary>After a failure some workers may still be in the middle of something; fresh ones know where they are.</summary>
    static async Task Drop(IReadOnlyList<Slice> slices, WorkerSet workers)
    {
        foreach (var slice in slices) await workers.Drop(slice.Index);
    }

    /// <summary>Differs by trial and is the same in every execution of a sweep.</summary>
    ulong Seed(Trial trial) => new Xoshiro(sweep.Seed ^ ((ulong)trial.Cell.Number << 20) ^ ((ulong)trial.Repeat << 56)).Next();

    static TrialOutcome Outcome(Trial trial, string status, string reason, IReadOnlyList<string> flags, double timed) =>
        new(Monotonic.Now, trial.Id, status, reason, flags, 0, timed);

    /// <summary>A device that tells no clock is not asked again while slices work.</summary>
    /// <param name="watch">Reads the device during the trial, and is then the only one that does.</param>
    IReadOnlyDictionary<string, double> ClocksOf(TelemetryWatch? watch, IReadOnlyList<Work> works, int repeat)
    {
        tellsClocks ??= device.Telemetry.Read().Any(IsClock);
        if (tellsClocks == false) return NoClocks;
        var readings = watch is not null ? watch.Take() : device.Telemetry is SimulatedTelemetry simulated ? simulated.Read(works, repeat) : device.Telemetry.Read();
        return readings.Where(IsClock).DistinctBy(r => r.Scope).ToDictionary(r => r.Scope, r => r.Value);
    }

    static bool IsClock(Reading reading) => reading.Field == "clock_hz";

    /// <summary>A simulated GPU is read once, as it is in the middle of the work.</summary>
    void Record(Trial trial, IReadOnlyList<Work> works)
    {
        var now = Monotonic.Now;
        var readings = device.Telemetry is SimulatedTelemetry simulated ? simulated.Read(works, trial.Repeat) : device.Telemetry.Read();
        folder.Append([.. readings.Select(r => new TelemetryRow(trial.Id, now, r.Scope, r.Field, r.Value))]);
    }
}
