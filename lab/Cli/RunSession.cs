using System.Globalization;
using System.Runtime.InteropServices;
using GpuLab.Cli.Verbs;
using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Probes;
using GpuLab.Results;
using GpuLab.Running;
using GpuLab.Statistics;
using GpuLab.Sweeps;

namespace GpuLab.Cli;

/// <summary>One <c>gpulab run</c> from file to report.</summary>
sealed class RunSession(RunRequest request)
{
    /// <summary>SIGXFSZ of Linux, for which .NET has no name.</summary>
    const PosixSignal FileSizeExceeded = (PosixSignal)25;

    public async Task<int> Run(CancellationToken cancel)
    {
        // Without this a limit on the size of files ends the process where it should end in a sentence.
        using var tooBig = PosixSignalRegistration.Create(FileSizeExceeded, s => s.Cancel = true);
        var (sweep, info) = request.Resume is { } folder ? Again(folder) : (Read(request.Sweep!), null);
        var device = Devices.Open(request.On ?? (info is null ? sweep.Device : DeviceId.Parse(info.Device, null)), request.Change);
        var plant = request.Simulation.Check(device);
        var planned = Planned(sweep, device);
        var (plan, partitioner) = (planned.Plan!, planned.Partitioner!);
        foreach (var idle in request.Simulation.Idle(plan)) Say(idle);
        var effects = EffectView.Sentences(plan, Noise(), request.UntilDecided).ToList();
        if (request.DryRun)
        {
            PlanView.Print(plan, partitioner, device, request.Json, effects);
            if (device.Facts.Simulated) RehearsalView.Print(sweep, plan, device);
            return CommandLine.Done;
        }
        var path = request.Resume ?? Path.GetFullPath(request.Output ?? DefaultFolder(sweep));
        int exit;
        using (var run = info is null
            ? RunFolder.Create(path, Provenance.Of(sweep, device, request.Tags), PlanDocuments.From(plan, partitioner, planned.Placements))
            : RunFolder.Resume(path, Provenance.Of(sweep, device)))
        {
            if (device.Facts.Simulated) RehearsalView.Print(sweep, plan, device);
            await using var hooks = request.Hooks is null ? null : await request.Hooks();
            exit = await Measure(sweep, plan, device, partitioner, run, effects, request.Simulation.Launcher(OwnCommand.Arguments, run, plant, device), cancel);
        }
        return Conclude(path, exit);
    }

    async Task<int> Measure(Sweep sweep, Plan plan, IDevice device, IPartitioner partitioner, RunFolder run, IReadOnlyList<string> effects, WorkerLauncher launcher, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, s => Stop(s, stop));
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, s => Stop(s, stop));
        using var progress = RunProgress.For(plan, device, effects);
        run.Append(new RunStarted(Monotonic.Now, DateTimeOffset.UtcNow, BootId(), Environment.ProcessId, request.Resume is not null));
        var limit = TimeSpan.FromSeconds(request.WorkerTimeout);
        var timeouts = Timeouts.Default with { Silence = limit, Prepare = limit > Timeouts.Default.Prepare ? limit : Timeouts.Default.Prepare };
        var (exit, reason) = (CommandLine.Done, "");
        try
        {
            var coordinator = new RunCoordinator(device, partitioner, sweep, plan, run, launcher, timeouts, progress);
            if (request.UntilDecided) coordinator.UntilDecided(request.Resume is null ? null : RunFolderReader.Read(run.Path));
            reason = await coordinator.Run(stop.Token);
        }
        catch (OperationCanceledException)
        {
            (exit, reason) = (CommandLine.Interrupted, "interrupted");
            run.AbandonTrial();
        }
        run.Append(new RunEnded(Monotonic.Now, exit, reason));
        run.End(DateTimeOffset.UtcNow, exit);
        progress.Close();
        if (reason == "budget") Say($"the budget of {Pretty.Time(sweep.Budget!.Value)} is used up; 'gpulab run --resume {run.Path}' measures the rest");
        if (exit == CommandLine.Interrupted) Say($"interrupted; what was measured is kept. Go on with: gpulab run --resume {run.Path}");
        return exit;
    }

    int Conclude(string path, int exit)
    {
        // What measuring left behind would be held beside all samples while they are read.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        var data = RunFolderReader.Read(path);
        if (data.Samples.Count == 0)
        {
            Say($"nothing was measured; see {Path.Combine(path, RunFiles.Events)}");
            return exit == CommandLine.Done ? CommandLine.Failed : exit;
        }
        var analysis = Analyzer.Analyze(data, Catalogue.Probes);
        RunFigures.Keep(analysis, Catalogue.Probes);
        var report = ReportFile.Write(path, analysis);
        if (request.Json) SummaryJson.Print(analysis, path, report);
        else SummaryView.Print(analysis, path, report);
        return exit;
    }

    /// <summary>What an earlier run says about the noise of this machine, or an assumption.</summary>
    ExpectedNoise Noise() => request.NoiseFrom is { } earlier ? ExpectedNoise.From(Analyzer.Analyze(RunFolderReader.Read(earlier), Catalogue.Probes), earlier) : ExpectedNoise.Assumed;

    static (Sweep, RunInfo?) Again(string folder)
    {
        var info = RunFolderReader.ReadInfo(folder);
        return (Bound(SweepReader.Read(info.Sweep, Path.Combine(folder, RunFiles.Run), Catalogue.Probes)), info);
    }

    static Sweep Read(FileInfo file)
    {
        try
        {
            return Bound(SweepReader.ReadFile(file.ToString(), Catalogue.Probes));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{file}: the sweep cannot be read: {unreadable.Message}");
        }
    }

    static Sweep Bound(SweepReading read) => read.Sweep ?? throw new UsageException(string.Join('\n', read.Errors));

    static PlanResult Planned(Sweep sweep, IDevice device)
    {
        var planned = Planner.Plan(sweep, device, (probe, slice, parameters) => Catalogue.Obstacle(device, probe, slice, parameters));
        return planned.Plan is null ? throw new UsageException(string.Join('\n', planned.Errors)) : planned;
    }

    static string DefaultFolder(Sweep sweep) =>
        Path.Combine("runs", $"{DateTimeOffset.UtcNow.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}-{sweep.Name}");

    static string BootId() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    static void Stop(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true;
        stop.Cancel();
    }

    static void Say(string sentence) => Console.Error.WriteLine($"gpulab: {sentence}");
}
