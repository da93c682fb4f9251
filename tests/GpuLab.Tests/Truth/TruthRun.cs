using System.Globalization;
using GpuLab.Control.Simulated;
using GpuLab.Model;
using GpuLab.Probes;
using GpuLab.Probes.Sim;
using GpuLab.Results;
using GpuLab.Running;
using GpuLab.Statistics;
using GpuLab.Sweeps;

namespace GpuLab.Tests.Truth;

/// <summary>A sweep of a simulated GPU from text to analysis, through the same coordinator as a real one; workers are threads of this process.</summary>
static class TruthRun
{
    /// <param name="plant">Planted effects as a file would say them; the analysis sees only the run folder.</param>
    public static async Task<Analysis> Run(string sweepText, string plant = "", bool untilDecided = false)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"gpulab-truth-{Guid.NewGuid():N}");
        var reading = SweepReader.Read(sweepText, "truth.yaml", Catalogue.Probes);
        Assert.Empty(reading.Errors);
        var sweep = reading.Sweep!;
        var device = SimulatedDevice.Open(sweep.Device.ToString());
        var planned = Planner.Plan(sweep, device, (probe, _, _) => Catalogue.For(DeviceKind.Simulated, probe.Id) is null ? "not simulated" : null);
        Assert.Empty(planned.Errors);
        try
        {
            var info = new RunInfo(1, "test", "truth", sweepText, "hash", sweep.Seed, sweep.Device.ToString(), "simulated", true, "", DateTimeOffset.UnixEpoch, null, null, [],
                new Dictionary<string, IReadOnlyDictionary<string, string>>());
            using (var run = RunFolder.Create(folder, info, PlanDocuments.From(planned.Plan!, planned.Partitioner!, planned.Placements)))
            {
                var file = run.Blob("plant.yaml");
                if (plant.Length > 0) await File.WriteAllTextAsync(file, plant);
                var launcher = new WorkerLauncher([], run.WorkerLog)
                {
                    InProcess = options => new(options, id => Catalogue.For(options.Device.Kind, id), SimIdentity.Of(options)), Plant = plant.Length > 0 ? file : "",
                };
                var coordinator = new RunCoordinator(device, planned.Partitioner!, sweep, planned.Plan!, run, launcher, Timeouts.Default, new Silent());
                if (untilDecided) coordinator.UntilDecided(null);
                await coordinator.Run(CancellationToken.None);
            }
            return Analyzer.Analyze(RunFolderReader.Read(folder), Catalogue.Probes);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>One victim beside one aggressor, planted to lose <paramref name="size"/> of its bandwidth, as often as there are seeds.</summary>
    /// <param name="size">Share of the performance that is lost.</param>
    public static async Task<IReadOnlyList<Coupling>> Couplings(double size, int seeds, ulong first = 1)
    {
        var found = new List<Coupling>();
        for (var seed = first; seed < first + (ulong)seeds; seed++)
        {
            var analysis = await Run(string.Create(CultureInfo.InvariantCulture, $$"""
                name: truth
                device: sim:h200-141gb
                layouts: [2x3g.71gb]
                modes: [concurrent]
                effort: quick
                min_time: 20ms
                repeats: 6
                probes: [mem.read]
                seed: {{seed}}
                """), Plant(size));
            found.Add(analysis.Couplings.Single(c => c.Together.Slice == "3g.71gb@0"));
        }
        return found;
    }

    /// <summary>Noise of samples and of repeats, and a coupling of memory on the slice at unit 0.</summary>
    static string Plant(double size) => string.Create(CultureInfo.InvariantCulture, $$"""
        noise: {within: 2%, between: 1%}
        coupling: {resource: memory, victim: 3g.71gb@0, aggressor: "*", aggressor_resource: memory, size: {{size * 100}}%}
        """);

    sealed class Silent : IRunProgress
    {
        public void LayoutCut(LayoutGroup group, double seconds)
        {
        }

        public void TrialStarts(Trial trial, RunState state)
        {
        }

        public void TrialEnds(Trial trial, TrialDone done, IReadOnlyList<SampleRow> rows, RunState state)
        {
        }
    }
}
