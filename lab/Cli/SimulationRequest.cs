using GpuLab.Control;
using GpuLab.Control.Simulated;
using GpuLab.Probes;
using GpuLab.Probes.Sim;
using GpuLab.Results;
using GpuLab.Running;
using GpuLab.Simulation;
using GpuLab.Sweeps;

namespace GpuLab.Cli;

/// <summary>What <c>gpulab run</c> was asked for that only simulated devices can do.</summary>
/// <param name="Plant">File of planted effects.</param>
/// <param name="TimeScale">Wall seconds for a virtual one.</param>
/// <param name="InProcess">Workers as threads.</param>
sealed record SimulationRequest(string? Plant, double TimeScale, bool InProcess)
{
    const string Blob = "plant.yaml";

    /// <summary>Refuses what does not fit the device, before anything is touched.</summary>
    /// <returns>The text of the plant file, or null where nothing is planted.</returns>
    /// <exception cref="UsageException">It cannot be done; the message says why.</exception>
    public string? Check(IDevice device)
    {
        if (!device.Facts.Simulated && (Plant is not null || TimeScale > 0 || InProcess))
            throw new UsageException($"--plant, --time-scale and --in-process are for simulated devices; {device.Id} is real.");
        if (Plant is null) return null;
        var reading = Read(Plant);
        return reading.Plant is null ? throw new UsageException(string.Join('\n', reading.Errors)) : File.ReadAllText(Plant);
    }

    /// <summary>Planted effects that nothing in a plan can show: most often a slice or a probe that it does not have.</summary>
    public IEnumerable<string> Idle(Plan plan)
    {
        if (Plant is null || Read(Plant).Plant is not { } planted) yield break;
        List<(Work Work, int Repeat)> works = [.. plan.Groups.SelectMany(g => g.Trials, (g, t) => (Works: t.Cell.WorksOn(g.Slices), t.Repeat)).SelectMany(t => t.Works, (t, w) => (w, t.Repeat)).Distinct()];
        foreach (var (i, effect) in planted.Effects.Index())
        {
            if (works.Exists(w => effect.Where.Holds(w.Work.Slice, w.Work.Probe, w.Repeat))) continue;
            yield return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Plant}: effect {i + 1} ({effect.GetType().Name.ToLowerInvariant()} of {effect.Where}) applies to nothing in this sweep");
        }
    }

    static PlantReading Read(string path)
    {
        try
        {
            return PlantReader.ReadFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path}: the plant file cannot be read: {e.Message}");
        }
    }

    /// <summary>Starts workers; effects are read from the run's own copy, so that a run that is resumed keeps them.</summary>
    public WorkerLauncher Launcher(IReadOnlyList<string> command, RunFolder run, string? plant, IDevice device)
    {
        var path = run.Blob(Blob);
        if (plant is not null) File.WriteAllText(path, plant);
        if (device is SimulatedDevice simulated) simulated.Readings.State = SimState.Of(simulated.Id, File.Exists(path) ? path : "");
        return new(command, run.WorkerLog)
        {
            InProcess = InProcess ? Host : null, TimeScale = TimeScale, Plant = File.Exists(path) ? Path.GetFullPath(path) : "",
        };
    }

    static WorkerHost Host(WorkerOptions options) => new(options, id => Catalogue.For(options.Device.Kind, id), SimIdentity.Of(options));
}
