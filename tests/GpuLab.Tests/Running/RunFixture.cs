using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Results;
using GpuLab.Running;
using GpuLab.Sweeps;

namespace GpuLab.Tests.Running;

/// <summary>A run of fake probes over fake slices with real workers, in a folder of its own.</summary>
sealed class RunFixture : IDisposable
{
    public static readonly Stopping Short = new(0.5, 5, 0.02, 0.5, 0.005);

    readonly List<Cell> cells = [];

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"gpulab-test-{Guid.NewGuid():N}");

    public FakeDevice Device { get; init; } = new();

    public Timeouts Timeouts { get; init; } = Timeouts.All(TimeSpan.FromSeconds(10));

    public IReadOnlyList<string> Command { get; init; } = ["dotnet", typeof(RunFixture).Assembly.Location];

    public Stopping Stopping { get; init; } = Short;

    public double? Budget { get; init; }

    /// <summary>Adds a cell: alone on one slice, or on all of them.</summary>
    public RunFixture With(string probe, string? slice = null)
    {
        cells.Add(new(cells.Count + 1, FakeDevice.Two, slice is null ? Mode.Concurrent : Mode.Solo, slice, FakeProbes.Info(probe), Parameters.None));
        return this;
    }

    /// <summary>Adds a cell that all slices do as one piece of work.</summary>
    public RunFixture WithJoint(string probe)
    {
        cells.Add(new(cells.Count + 1, FakeDevice.Two, Mode.Joint, null, FakeProbes.Info(probe), Parameters.None));
        return this;
    }

    public async Task<RunData> Run(int repeats = 1, bool resume = false, Action<Trial>? onTrial = null, CancellationToken cancel = default)
    {
        var trials = Enumerable.Range(1, repeats).SelectMany(r => cells.Select(c => new Trial(c, r))).ToList();
        var plan = new Plan([new(FakeDevice.Two, ["a", "b"], trials) { Seconds = 1 }], [], 1);
        var document = new PlanDocument(1, "fake", 2, "parts", [], [.. cells.Select(c => new CellDocument(c.Number, c.Layout.ToString(), c.Mode.ToString(), c.Slice, c.Probe.Id, ParameterDocuments.Write(c.Parameters), repeats))],
            [.. trials.Select(t => t.Id)], [], 1);
        var sweep = new Sweep("test", DeviceId.Host, null, [], [], [], [], Stopping, repeats, Budget, 1);
        var info = new RunInfo(1, "test", "test", "", "hash", 1, "host", "fake", false, "", DateTimeOffset.UnixEpoch, null, null, [], new Dictionary<string, IReadOnlyDictionary<string, string>>());
        using (var folder = resume ? RunFolder.Resume(Folder, info) : RunFolder.Create(Folder, info, document))
        {
            var coordinator = new RunCoordinator(Device, Device.Partitioners[0], sweep, plan, folder, new(Command, folder.WorkerLog), Timeouts, new Heard(onTrial));
            await coordinator.Run(cancel);
            folder.End(DateTimeOffset.UnixEpoch, 0);
        }
        return RunFolderReader.Read(Folder);
    }

    public static TrialDone Done(RunData run, string trial) => run.Events.OfType<TrialDone>().Single(d => d.Trial == trial);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    sealed class Heard(Action<Trial>? onTrial) : IRunProgress
    {
        public void LayoutCut(LayoutGroup group, double seconds)
        {
        }

        public void TrialStarts(Trial trial, RunState state) => onTrial?.Invoke(trial);

        public void TrialEnds(Trial trial, TrialDone done, IReadOnlyList<SampleRow> rows, RunState state)
        {
        }
    }
}

/// <summary>Two slices that are not pinned anywhere, or both to some processors.</summary>
sealed class FakeDevice(params int[] cpus) : IDevice, IPartitioner, ITelemetry
{
    public static readonly Layout Two = Layout.Parse("2x1c");

    public int Restored { get; private set; }

    public DeviceId Id => DeviceId.Host;

    public DeviceFacts Facts { get; } = new(DeviceKind.Host, "fake", 1 << 30, new Dictionary<string, string>());

    public IReadOnlyList<IPartitioner> Partitioners => [this];

    public ITelemetry Telemetry => this;

    public string Name => "fake";

    public (int Count, string Name) Units => (2, "parts");

    public Placement Place(Layout layout) => new([Part(0, "a"), Part(1, "b")]);

    public ValueTask<Partition> Apply(Layout layout, CancellationToken cancel) => new(new Counted(this, layout, Place(layout).Slices));

    public IReadOnlyList<Reading> Read() => [new("device", "reading_1", 42)];

    Slice Part(int index, string name) => new(index, name, "1c", index, 1, cpus, new Dictionary<string, string>());

    sealed class Counted(FakeDevice device, Layout layout, IReadOnlyList<Slice> slices) : Partition(layout, slices)
    {
        public override ValueTask DisposeAsync()
        {
            device.Restored++;
            return ValueTask.CompletedTask;
        }
    }
}
