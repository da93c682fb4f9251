using GpuLab.Model;
using GpuLab.Reports.Comparison;
using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Tests.Comparison;

/// <summary>Analyses made from few words: a cell a probe, six noisy repeats, with a known level.</summary>
static class RunMaker
{
    public static readonly ProbeInfo Read = Probe("mem.test", Resource.Memory, "B/s", Better.Higher), Chase = Probe("lat.test", Resource.Latency, "s", Better.Lower, "bytes"), Flops = Probe("compute.test", Resource.Compute, "FLOP/s", Better.Higher);

    public static readonly IReadOnlyList<ProbeInfo> Catalogue = [Read, Chase, Flops];

    public const string Sweep = "name: test\ndevice: host\nlayouts: [whole]\nmodes: [solo]\nprobes: [mem.test]\nrepeats: 6\n";

    public static RunComparison Compared(IEnumerable<Analysis> runs, ComparisonRequest request) => Comparer.Compare([.. runs.Select(RunFigures.Of)], Catalogue, request);

    /// <param name="level">Median of each cell, by its number.</param>
    public static Analysis Run(Func<int, double> level, int cells = 1, int repeats = 6, ulong seed = 1, double noise = 0.001, string device = "host", string name = "Test CPU", ProbeInfo? probe = null,
        Func<int, double>? bytes = null, string layout = "whole", SliceDocument[]? slices = null, int units = 2, string sweep = Sweep, string tool = "gpulab test", Severity? worst = null, IReadOnlyDictionary<string, string>? details = null)
    {
        probe ??= Read;
        slices ??= [new("whole", "whole", 0, units, device == "host" ? [0, 1] : [])];
        var figures = new List<Figure>();
        var plan = new List<CellDocument>();
        for (var c = 0; c < cells; c++)
        {
            var size = bytes?.Invoke(c) ?? 65536 * (c + 1);
            plan.Add(new(c, layout, "solo", null, probe.Id, new Dictionary<string, ParameterDocument> { ["bytes"] = new("Bytes", size, null) }, repeats));
            foreach (var (s, slice) in slices.Index())
            {
                var draws = new Random((int)seed + (c * 31) + s);
                double[] medians = [.. Enumerable.Range(0, repeats).Select(_ => level(c) * (1 + (noise * ((draws.NextDouble() * 2) - 1))))];
                var ordered = medians.Order().ToArray();
                figures.Add(new(c, layout, "solo", slice.Name, slice.Profile, Phase.Solo, probe, new(KeyValuePair.Create("bytes", ParameterValue.Bytes(size))), probe.Main, 10 * repeats, repeats,
                    ordered[repeats / 2], new(ordered[0], ordered[^1], "range"), noise, null, worst is null ? [] : ["test"], null) { RepeatMedians = medians, RepeatNumbers = [.. Enumerable.Range(0, repeats)], Worst = worst });
            }
        }
        var info = new RunInfo(1, tool, "test", sweep, "0123456789abcdef", 1, device, name, device.StartsWith("sim:", StringComparison.Ordinal), "", new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), null, 0, [],
            new Dictionary<string, IReadOnlyDictionary<string, string>> { ["device"] = details ?? new Dictionary<string, string> { ["cores"] = "2" }, ["tool"] = new Dictionary<string, string> { ["version"] = tool, ["process"] = $"pid {seed}" } });
        return new(new("/runs/x", info, new(1, "cores", units, "cores", [new(layout, slices)], plan, [], [], 1), [], [], []), figures, [], []);
    }

    static ProbeInfo Probe(string id, Resource resource, string unit, Better better, string? axis = null) =>
        new(id, "A probe", resource, [new(id + "/main", unit, better, Across.Sum, "what is measured")], [new("bytes", ParameterType.Bytes, "Size")], Precision.Rate, axis);
}
