using System.Globalization;
using BenchmarkDotNet.Attributes;
using GpuLab.Control;
using GpuLab.Model;
using GpuLab.Sweeps;

namespace GpuLab.Benchmarks;

/// <summary>A sweep of 100 000 cells from its text to a plan; at most 1 s and 200 MB.</summary>
[MemoryDiagnoser]
public class SweepBenchmarks
{
    static readonly Parameter Size = new("bytes", ParameterType.Bytes, "size", Min: 1), Depth = new("depth", ParameterType.Count, "copies in flight", Min: 1);

    readonly ProbeInfo[] catalogue = [.. Enumerable.Range(0, 10).Select(i => new ProbeInfo(string.Create(CultureInfo.InvariantCulture, $"probe.{i}"), "a probe", Resource.Memory,
        [new("probe/rate", "B/s", Better.Higher, Across.Sum, "a rate")], [Size, Depth], Precision.Rate))];

    readonly string text = "name: large\nlayouts: [whole, 4x1c]\nmodes: [solo]\nrepeats: 3\nexclude:\n  - {probe: probe.3, depth: \">30\", bytes: 1MiB}\nprobes:\n"
        + string.Concat(Enumerable.Range(0, 10).Select(i => string.Create(CultureInfo.InvariantCulture, $"  - {{probe: probe.{i}, bytes: {{from: 1MiB, to: 50MiB, step: 1MiB}}, depth: {{from: 1, to: 40, step: 1}}}}\n")));

    readonly IDevice device = new Device();

    [Benchmark]
    public SweepReading Read() => SweepReader.Read(text, "large.yaml", catalogue);

    [Benchmark]
    public int ReadAndPlan() => Planner.Plan(Read().Sweep!, device, (_, _, _) => null).Plan!.TrialCount;

    sealed class Device : IDevice
    {
        public DeviceId Id => DeviceId.Host;

        public DeviceFacts Facts { get; } = new(DeviceKind.Host, "four cores", 1L << 34, new Dictionary<string, string>());

        public IReadOnlyList<IPartitioner> Partitioners { get; } = [new FourCores()];

        public ITelemetry Telemetry => throw new NotSupportedException("planning reads no telemetry");
    }

    sealed class FourCores : IPartitioner
    {
        public string Name => "cores";

        public (int Count, string Name) Units => (4, "cores");

        public Placement Place(Layout layout) => new([.. Enumerable.Range(0, layout.IsWhole ? 1 : 4).Select(i => new Slice(i,
            layout.IsWhole ? "whole" : string.Create(CultureInfo.InvariantCulture, $"1c@{i}"), layout.IsWhole ? "whole" : "1c", i, 1, [i], new Dictionary<string, string>()))]);

        public ValueTask<Partition> Apply(Layout layout, CancellationToken cancel) => throw new NotSupportedException("planning cuts nothing");
    }
}
