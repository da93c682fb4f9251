using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Probes;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Latency;
using GpuLab.Probes.Launch;
using GpuLab.Probes.Link;
using GpuLab.Probes.Memory;
using GpuLab.Results;
using GpuLab.Running;
using GpuLab.Sweeps;
using GpuLab.Tests.Mig;

namespace GpuLab.Tests.Cuda;

/// <summary>
/// Every status at every call of a run, whose coordinator and workers are threads of this process, so that thousands of runs take minutes: no crash,
/// no hang, a record of every trial, every row of those that were measured, the status in the reason of the others.
/// </summary>
[Collection(nameof(NvmlDouble))]
public sealed class RunFaultTests : IDisposable
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(30);

    static readonly (string Id, Func<CudaSession, IPreparedProbe> Make)[] probes =
    [
        ("mem.triad", s => new GpuStreamProbe(s, GpuStreamKernel.Triad, 500, 3)),
        ("link.bidir", s => new GpuBothWaysProbe(s, 4096, 3)),
        ("lat.chase", s => new GpuChaseProbe(s, true, 100, 3)),
        ("launch.graph", s => new LaunchRateProbe(s, 3)),
    ];

    static IReadOnlyList<(string Call, int Nth)>? places;

    readonly CudaDouble machine = new CudaDouble("h100-sxm-80gb").Behave("lie 2");

    public static TheoryData<int> Codes => [.. Faults.Codes];

    public void Dispose() => machine.Dispose();

    [Theory, MemberData(nameof(Codes))]
    public async Task A_status_that_strikes_once_at_any_call_costs_at_most_its_trial_and_is_its_reason(int code)
    {
        foreach (var (call, nth) in Faults.For(code, places ??= await Places()))
        {
            var (run, where) = (await Run($"{call} {nth} {code}"), $"{call} {nth}, {code}");
            // Batches are as long as the moment makes them: what came earlier in one run may not come in another.
            for (var earlier = nth / 2; earlier > 0 && !Struck(); earlier /= 2) run = await Run($"{call} {earlier} {code}");
            Assert.True(Struck(), where);
            var trials = run.Events.OfType<TrialDone>().ToList();
            Assert.True(trials.Select(t => t.Trial).SequenceEqual(probes.Select((_, i) => $"c{i + 1}r1")), where);
            var measured = trials.Where(t => t.Status == "ok").Select(t => t.Trial).ToList();
            // One status costs one trial; workers that could not say where they are were started again.
            Assert.True(measured.Count >= trials.Count - 1, $"{where}: {string.Join("; ", trials.Select(t => $"{t.Status} {t.Reason}"))}");
            foreach (var lost in trials.Where(t => t.Status != "ok")) Assert.True(lost.Reason.Contains($"({code})", StringComparison.Ordinal), $"{where}: {lost.Reason}");
            Assert.Equal(measured, run.Samples.Select(s => s.Trial).Distinct());
            Assert.True(measured.All(t => run.Samples.Count(s => s.Trial == t && s.Phase == Phase.Solo) >= 3), where);
            Assert.All(run.Samples, s => Assert.True(double.IsFinite(s.Value) && s.EndNs >= s.StartNs, $"{where}: {s}"));
        }
    }

    bool Struck() => machine.Log.Any(l => l.Fault != 0);

    async Task<IReadOnlyList<(string, int)>> Places()
    {
        var run = await Run("");
        Assert.All(run.Events.OfType<TrialDone>(), t => Assert.True(t.Status == "ok", t.Reason));
        return Faults.Places(machine.Log.Select(l => l.Call));
    }

    async Task<RunData> Run(string fault)
    {
        machine.Fail(fault.Length == 0 ? [] : [fault]).Record();
        // In memory: what is made durable is not the subject here.
        var folder = $"/dev/shm/gpulab-faults-{Guid.NewGuid():N}";
        var device = new OneGpu();
        var cells = probes.Select((p, i) => new Cell(i + 1, Layout.Parse("whole"), Mode.Solo, "whole", Catalogue.Probes.Single(info => info.Id == p.Id), Parameters.None)).ToList();
        var trials = cells.Select(c => new Trial(c, 1)).ToList();
        var plan = new Plan([new(Layout.Parse("whole"), ["whole"], trials) { Seconds = 1 }], [], 1);
        var document = new PlanDocument(1, device.Facts.Name, 1, "GPU", [], [.. cells.Select(c => new CellDocument(c.Number, "whole", "solo", "whole", c.Probe.Id, ParameterDocuments.Write(c.Parameters), 1))], [.. trials.Select(t => t.Id)], [], 1);
        var sweep = new Sweep("faults", device.Id, null, [], [], [], [], new(0.5, 3, 0.002, 0.05, 0), 1, null, 1);
        var info = new RunInfo(1, "test", "faults", "", "hash", 1, device.Id.ToString(), device.Facts.Name, false, "", DateTimeOffset.UnixEpoch, null, null, [], new Dictionary<string, IReadOnlyDictionary<string, string>>());
        using (var kept = RunFolder.Create(folder, info, document))
        {
            using var limit = new CancellationTokenSource(patience);
            var launcher = new WorkerLauncher([], kept.WorkerLog) { InProcess = Worker };
            await new RunCoordinator(device, device, sweep, plan, kept, launcher, Timeouts.All(patience), new Unheard()).Run(limit.Token);
            kept.End(DateTimeOffset.UnixEpoch, 0);
        }
        var data = RunFolderReader.Read(folder);
        Directory.Delete(folder, recursive: true);
        return data;
    }

    /// <summary>A worker on a driver that has just been loaded, as in a process of its own.</summary>
    WorkerHost Worker(WorkerOptions options)
    {
        machine.Here();
        CudaSession? session = null;
        return new(options, id => new Small(id, () => session ??= CudaSession.Open()), CudaIdentity.Of(options));
    }

    sealed class Small(string id, Func<CudaSession> session) : IProbe
    {
        public ProbeInfo Info => Catalogue.Probes.Single(p => p.Id == id);

        public IPreparedProbe Prepare(ProbeRequest request) => probes.Single(p => p.Id == id).Make(session());
    }

    /// <summary>The GPU of the machine, whole. Its SMs are not compared: there are as few as tests have time for.</summary>
    sealed class OneGpu : IDevice, IPartitioner, ITelemetry
    {
        public DeviceId Id { get; } = new(DeviceKind.Gpu, "0");

        public DeviceFacts Facts { get; } = new(DeviceKind.Gpu, "double", 1 << 30, new Dictionary<string, string>());

        public IReadOnlyList<IPartitioner> Partitioners => [this];

        public ITelemetry Telemetry => this;

        public string Name => "none";

        public (int Count, string Name) Units => (1, "GPU");

        public Placement Place(Layout layout) => new([new(0, "whole", "whole", 0, 1, [], new Dictionary<string, string>()) { Identity = new Dictionary<string, string> { [SliceIdentity.Pci] = "00000000:01:00.0" } }]);

        public ValueTask<Partition> Apply(Layout layout, CancellationToken cancel) => new(new AddressedPartition(layout, Place(layout).Slices));

        public IReadOnlyList<Reading> Read() => [];
    }

    sealed class Unheard : IRunProgress
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
