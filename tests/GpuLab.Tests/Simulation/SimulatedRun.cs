using GpuLab.Control.Simulated;
using GpuLab.Probes;
using GpuLab.Probes.Sim;
using GpuLab.Results;
using GpuLab.Running;
using GpuLab.Statistics;
using GpuLab.Sweeps;
using GpuLab.Tests.EndToEnd;

namespace GpuLab.Tests.Simulation;

/// <summary>A sweep carried out on a simulated device, in a folder of its own.</summary>
sealed class SimulatedRun : IRunProgress, IDisposable
{
    readonly string folder = Path.Combine(Path.GetTempPath(), $"gpulab-sim-{Guid.NewGuid():N}");

    public byte[] Samples => File.ReadAllBytes(Path.Combine(folder, RunFiles.Samples));

    public RunData Data => RunFolderReader.Read(folder);

    public Analysis Analysis => Analyzer.Analyze(Data, Catalogue.Probes);

    /// <param name="sweep">Without name and device.</param>
    /// <param name="plant">Text of a plant file.</param>
    /// <param name="processes">Workers as processes instead of threads.</param>
    public static async Task<SimulatedRun> Of(string sweep, string key = "h200-141gb", string? plant = null, bool processes = false, Timeouts? timeouts = null, double timeScale = 0)
    {
        var run = new SimulatedRun();
        var read = SweepReader.Read($"name: test\ndevice: sim:{key}\n{sweep}", "test.yaml", Catalogue.Probes);
        Assert.Empty(read.Errors);
        var device = SimulatedDevice.Open(key);
        var planned = Planner.Plan(read.Sweep!, device, (probe, slice, parameters) => Catalogue.Obstacle(device, probe, slice, parameters));
        Assert.Empty(planned.Errors);
        var info = new RunInfo(1, "test", "test", read.Sweep!.Text, "hash", read.Sweep.Seed, device.Id.ToString(), device.Facts.Name, true, "", DateTimeOffset.UnixEpoch, null, null, [], new Dictionary<string, IReadOnlyDictionary<string, string>>());
        using var opened = RunFolder.Create(run.folder, info, PlanDocuments.From(planned.Plan!, planned.Partitioner!, planned.Placements));
        var launcher = new WorkerLauncher(Gpulab.Built, opened.WorkerLog)
        {
            InProcess = processes ? null : options => new WorkerHost(options, id => Catalogue.For(options.Device.Kind, id), SimIdentity.Of(options)),
            Plant = plant is null ? "" : Written(opened.Blob("plant.yaml"), plant), TimeScale = timeScale,
        };
        device.Readings.State = SimState.Of(device.Id, launcher.Plant);
        await new RunCoordinator(device, planned.Partitioner!, read.Sweep, planned.Plan!, opened, launcher, timeouts ?? Timeouts.Default, run).Run(CancellationToken.None);
        opened.End(DateTimeOffset.UnixEpoch, 0);
        return run;
    }

    public TrialDone Done(string trial) => Data.Events.OfType<TrialDone>().Single(d => d.Trial == trial);

    public void LayoutCut(LayoutGroup group, double seconds)
    {
    }

    public void TrialStarts(Trial trial, RunState state)
    {
    }

    public void TrialEnds(Trial trial, TrialDone done, IReadOnlyList<SampleRow> rows, RunState state)
    {
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    static string Written(string path, string text)
    {
        File.WriteAllText(path, text);
        return path;
    }
}
