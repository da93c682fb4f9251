using GpuLab.Control;
using GpuLab.Control.Simulated;
using GpuLab.Probes;
using GpuLab.Probes.Sim;
using GpuLab.Results;
using GpuLab.Running;
using GpuLab.Simulation;

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
        var reading = PlantReader.ReadFile(Plant);
        return reading.Plant is null ? throw new UsageException(string.Join('\n', reading.Errors)) : File.ReadAllText(Plant);
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
