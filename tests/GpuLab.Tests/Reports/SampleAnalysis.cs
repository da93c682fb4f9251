using System.Globalization;
using GpuLab.Model;
using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Tests.Reports;

/// <summary>Made-up analyses of a realistic shape: what the report is developed and tested against.</summary>
static class SampleAnalysis
{
    static readonly Metric Bandwidth = new("mem.triad/bandwidth", "B/s", Better.Higher, Across.Sum, "bytes moved per second");
    static readonly ProbeInfo Triad = new("mem.triad", "a[i] = b[i] + s·c[i] over arrays larger than the caches", Resource.Memory, [Bandwidth], [new("bytes", ParameterType.Bytes, "size of each array")], Precision.Rate);
    static readonly ProbeInfo Read = new("mem.read", "Sum of an array", Resource.Memory, [new("mem.read/bandwidth", "B/s", Better.Higher, Across.Sum, "bytes read per second")], [new("bytes", ParameterType.Bytes, "size of the array")], Precision.Rate);
    static readonly ProbeInfo Curve = new("mem.curve", "Read bandwidth over the working set", Resource.Cache, [new("mem.curve/bandwidth", "B/s", Better.Higher, Across.Sum, "bytes read per second")], [new("bytes", ParameterType.Bytes, "working set")], Precision.Rate, "bytes");
    static readonly ProbeInfo Chase = new("lat.chase", "Latency of dependent loads over the working set", Resource.Latency, [new("lat.chase/latency", "s", Better.Lower, Across.Worst, "time of one load")], [new("bytes", ParameterType.Bytes, "working set")], Precision.Latency, "bytes");

    static readonly ProbeInfo Fma = new("compute.fp64", "Register-only multiply-adds", Resource.Compute, [new("compute.fp64/rate", "FLOP/s", Better.Higher, Across.Sum, "operations per second")], [], Precision.Rate);
    static readonly ProbeInfo ToDevice = new("link.h2d", "Copy from host to GPU", Resource.Link, [new("link.h2d/bandwidth", "B/s", Better.Higher, Across.Sum, "bytes copied per second")], [new("bytes", ParameterType.Bytes, "size of one copy")], Precision.Rate, "bytes");

    /// <summary>A 2-core host, uncut and as two single cores.</summary>
    public static Analysis Host() => Build("first look", "host", "AMD EPYC 9554 (2 of 64 cores)", simulated: false, "cores", 2, "cores",
        [("whole", [new("whole", "whole", 0, 2, [0, 1])]), ("2x1c", [new("1c@0", "1c", 0, 1, [0]), new("1c@1", "1c", 1, 1, [1])])], perUnit: 11.4e9, coupling: 0.38, caches: (32 << 10, 1 << 20, 32 << 20));

    /// <summary>A simulated GPU, uncut, in seven slices, and in two with a part left free.</summary>
    public static Analysis Gpu() => Build("mig bandwidth", "sim:h200-141gb", "NVIDIA H200 141GB (simulated)", simulated: true, "mig", 8, "memory units",
        [("whole", [new("whole", "whole", 0, 8, [])]), ("7x1g.18gb", [.. Enumerable.Range(0, 7).Select(i => new SliceDocument(FormattableString.Invariant($"1g.18gb@{i}"), "1g.18gb", i, 1, []))]), ("3g.71gb+2g.35gb", [new("3g.71gb@0", "3g.71gb", 0, 4, []), new("2g.35gb@4", "2g.35gb", 4, 2, [])])],
        perUnit: 510e9, coupling: 0.03, caches: (256 << 10, 50 << 20, 1 << 30));

    /// <summary>Only a run record: nothing was finished.</summary>
    public static Analysis Empty()
    {
        var host = Host();
        return new(host.Run with { Samples = [], Events = [], Telemetry = [], Plan = host.Run.Plan with { Layouts = [], Cells = [], Skips = [], Trials = [] }, Info = host.Run.Info with { End = null, Exit = null, Provenance = new Dictionary<string, IReadOnlyDictionary<string, string>>() } }, [], [], []);
    }

    /// <summary>The host run with every free text replaced.</summary>
    public static Analysis Hostile(string text)
    {
        var a = Host();
        var info = a.Run.Info with { Tool = text, Name = text, Sweep = text, Device = text, DeviceName = text, CommandLine = text, SweepHash = text, Tags = [text], Provenance = new Dictionary<string, IReadOnlyDictionary<string, string>> { ["device"] = new Dictionary<string, string> { [text] = text }, [text] = new Dictionary<string, string> { [text] = text } } };
        string Renamed(string slice) => slice == "whole" ? slice : text + slice;
        var plan = a.Run.Plan with { Partitioner = text, UnitName = text, Layouts = [.. a.Run.Plan.Layouts.Select(l => new LayoutDocument(l.Layout + text, [.. l.Slices.Select(s => s with { Name = Renamed(s.Name), Profile = text })]))], Cells = [.. a.Run.Plan.Cells.Select(c => c with { Layout = c.Layout + text })], Skips = [new(text, text, 1)] };
        ProbeInfo Probe(ProbeInfo p) => p with { Id = p.Id + text, Summary = text, Metrics = [p.Main with { Id = p.Id + text + "/" + text, Summary = text }] };
        var probes = a.Figures.Select(f => f.Probe).Distinct().ToDictionary(p => p, Probe);
        return new(a.Run with { Info = info, Plan = plan, Samples = [.. a.Run.Samples.Select(s => s with { Slice = Renamed(s.Slice), Metric = text, Flags = text })], Events = [.. a.Run.Events.Select(e => e is TrialWindow w ? w with { Busy = w.Busy.ToDictionary(b => Renamed(b.Key), b => b.Value) } : e is PartitionStep p ? p with { Layout = p.Layout + text, Step = text } : e)],
            Telemetry = [.. a.Run.Telemetry.Select(t => t.Field == "power_w" ? t with { Scope = text } : t)] },
            [.. a.Figures.Select(f => f with { Layout = f.Layout + text, Slice = Renamed(f.Slice), Profile = text, Mode = text, Probe = probes[f.Probe], Metric = probes[f.Probe].Main, Flags = [text], Interval = f.Interval with { Kind = text }, Ceiling = f.Ceiling is { } c ? c with { Source = text } : null })],
            [.. a.Plateaus.Select(p => p with { Probe = p.Probe + text, Layout = p.Layout + text, Slice = Renamed(p.Slice), Name = text })],
            [.. Enum.GetValues<Severity>().Select(s => new Finding(s, text, text, text, text))]);
    }

    static Analysis Build(string name, string device, string deviceName, bool simulated, string partitioner, int units, string unitName,
        IReadOnlyList<(string Layout, SliceDocument[] Slices)> layouts, double perUnit, double coupling, (double L1, double L2, double L3) caches)
    {
        var random = new Random(7);
        var figures = new List<Figure>();
        var cells = new List<CellDocument>();
        var plateaus = new List<Plateau>();
        var samples = new List<SampleRow>();
        var events = new List<RunEvent>();
        var clock = 1_000_000_000_000L;
        double Noise(double relative) => 1 + (relative * (random.NextDouble() + random.NextDouble() - 1));

        Figure Of(int cell, string layout, string mode, SliceDocument s, Phase phase, ProbeInfo probe, double bytes, double median, double spread, double? ceiling)
        {
            var half = median * spread * 0.45;
            string[] flags = spread > 0.03 ? ["NOISY"] : [];
            return new(cell, layout, mode, s.Name, s.Profile, phase, probe, new(KeyValuePair.Create("bytes", ParameterValue.Bytes(bytes))), probe.Main, 186, 6, median,
                new(median - half, median + half, "95 % bootstrap"), spread, ceiling is { } c ? new Ceilinged(c, "measured: fastest of 8 read bursts", median / c) : null, flags, phase == Phase.Together ? 0.974 : null)
            {
                Quantiles = new(median * (1 - (3 * spread)), median * (1 - (1.6 * spread)), median * (1 - spread), median * (1 + spread), median * (1 + (1.5 * spread)), median * (1 + (2.2 * spread)), median * (1 + (3 * spread))),
                RepeatMedians = [.. Enumerable.Range(0, 6).Select(_ => median * Noise(spread))],
            };
        }

        foreach (var (layout, slices) in layouts)
        {
            foreach (var (probe, bytes, share) in new[] { (Triad, 64.0 * (1 << 20), 0.86), (Triad, 256.0 * (1 << 20), 0.85), (Read, 256.0 * (1 << 20), 0.97) })
            {
                var cell = cells.Count;
                cells.Add(Cell(cell, layout, slices.Length > 1 ? "concurrent" : "solo", probe, bytes));
                foreach (var s in slices)
                {
                    var ceiling = perUnit * s.Units * 1.02;
                    var median = ceiling * share * Noise(0.02);
                    figures.Add(Of(cell, layout, "solo", s, slices.Length > 1 ? Phase.SoloBefore : Phase.Solo, probe, bytes, median, 0.004 + (0.01 * random.NextDouble()), ceiling));
                    if (slices.Length == 1) continue;
                    figures.Add(Of(cell, layout, "concurrent", s, Phase.Together, probe, bytes, median * (1 - coupling) * Noise(0.03), 0.01 + (0.03 * random.NextDouble()), ceiling));
                }
                if (slices.Length > 1) Trial(cell, slices, perUnit * share, probe.Main.Name);
            }
            foreach (var s in slices)
            {
                figures.Add(Of(102, layout, "solo", s, Phase.Solo, Fma, 0, perUnit * s.Units * 3.1 * Noise(0.01), 0.004, null) with { Parameters = Parameters.None });
                for (double bytes = 4096; simulated && bytes <= 1 << 30; bytes *= 4) figures.Add(Of(103, layout, "solo", s, Phase.Solo, ToDevice, bytes, bytes / (4e-6 + (bytes / 55e9)) * Noise(0.01), 0.004, null));
                for (double bytes = 16 << 10; bytes <= 512 << 20; bytes *= 2)
                {
                    var level = bytes <= caches.L1 ? 7.5 : bytes <= caches.L2 ? 4.6 : bytes <= caches.L3 ? 2.3 : 1;
                    figures.Add(Of(100, layout, "solo", s, Phase.Solo, Curve, bytes, perUnit * s.Units * level * Noise(0.02), 0.015, null));
                    var time = bytes <= caches.L1 ? 1.3e-9 : bytes <= caches.L2 ? 4.6e-9 : bytes <= caches.L3 ? 19e-9 : 103e-9;
                    figures.Add(Of(101, layout, "solo", s, Phase.Solo, Chase, bytes, time * (1 + (0.1 * Math.Log2(bytes) / 30)) * Noise(0.02), 0.02, null));
                }
                foreach (var (n, from, to, time) in new[] { ("L1", 16 << 10, caches.L1, 1.36e-9), ("L2", caches.L1 * 2, caches.L2, 4.8e-9), ("L3", caches.L2 * 2, caches.L3, 20e-9), ("DRAM", caches.L3 * 2, 512 << 20, 111e-9) })
                {
                    if (to > from && from < 512 << 20) plateaus.Add(new("lat.chase", layout, s.Name, from, to, time, n));
                }
            }
        }
        Finding[] findings =
        [
            new(Severity.Suspect, "noisy", "mem.triad bytes=64MiB on 1c@0 of 2x1c, together", "The spread is 3.4 % of the median; the stopping rule gave up after 15 s.", "Stop other programs on the machine, or raise max_time in the sweep."),
            new(Severity.Note, "thp-off", "run", "Transparent huge pages are off: small pages cost bandwidth beyond 4 MiB.", "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled"),
        ];
        if (!simulated) findings = [.. findings, new(Severity.Invalid, "no-overlap", "mem.read bytes=256MiB on 2x1c, together", "The slices shared a window of 0.31 s; 0.5 s are needed.", "Raise min_time, or drop the cell.")];
        var start = new DateTimeOffset(2026, 3, 14, 9, 26, 53, TimeSpan.FromHours(1));
        var info = new RunInfo(RunInfo.Current, "gpulab 0.1.0", name, $"name: {name}\ndevice: {device}\nlayouts: [{string.Join(", ", layouts.Select(l => l.Layout))}]\nmodes: [solo, concurrent]\nprobes:\n  - probe: mem.triad\n    bytes: [64MiB, 256MiB]\n  - {{probe: mem.read, bytes: 256MiB}}\n  - {{probe: mem.curve, bytes: {{from: 16KiB, to: 512MiB, times: 2}}}}\nrepeats: 6\nseed: 1\n",
            "4f1c0a6d2b8e4e0c9a57f3f0e1d2c3b4a5968778695a4b3c2d1e0f0011223344", 1, device, deviceName, simulated, "gpulab run scripts/sweeps/first.yaml", start, start.AddSeconds(94.6), 0, ["quick"],
            new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                ["device"] = new Dictionary<string, string> { ["name"] = deviceName, ["memory"] = simulated ? "141 GB HBM3e" : "DDR5-4800, 12 channels", ["cache"] = simulated ? "50 MiB L2" : "32 MiB L3" },
                ["host"] = new Dictionary<string, string> { ["kernel"] = "Linux 6.8.0-45-generic", ["governor"] = "performance", ["turbo"] = "on", ["boot"] = "7e4f…" },
                ["tool"] = new Dictionary<string, string> { ["version"] = "0.1.0", ["runtime"] = ".NET 10.0.1", ["commit"] = "d1b8af0" },
            });
        var plan = new PlanDocument(1, partitioner, units, unitName, [.. layouts.Select(l => new LayoutDocument(l.Layout, l.Slices))], cells, [.. cells.SelectMany(c => Enumerable.Range(0, 6).Select(r => FormattableString.Invariant($"c{c.Number}r{r}")))],
            [new("layout 4x1c", "the device has 2 cores; the nearest layouts that fit are 2x1c and whole", 12)], 102);
        foreach (var (i, l) in layouts.Index()) events.Add(new PartitionStep(1_000_000_000_000 + i, l.Layout, l.Slices.Length == 1 ? "restore" : "apply", 0.8 + (0.4 * i)));
        var readings = events.OfType<TrialDone>().SelectMany((d, i) => Readings(d, i, simulated)).ToList();
        return new(new("/runs/first", info, plan, samples, readings, events), figures, plateaus, findings);

        static IEnumerable<TelemetryRow> Readings(TrialDone d, int i, bool simulated)
        {
            var at = d.TimeNs - 1_000_000;
            if (simulated) yield return new(d.Trial, at, "device", "virtual_time_s", 1.4 * i);
            yield return new(d.Trial, at, "device", "clock_hz", 1.98e9 - (i == 2 ? 0.3e9 : 0));
            yield return new(d.Trial, at, "device", "memory_clock_hz", 3.2e9);
            yield return new(d.Trial, at, "device", "power_w", 300 + (140 * i));
            yield return new(d.Trial, at, "device", "power_limit_w", 700);
            yield return new(d.Trial, at, "device", "clocks_event_reasons", i == 1 ? 0x24 : 0);
            for (var core = 0; core < 6; core++) yield return new(d.Trial, at, $"zone{core}", "temperature_c", 40 + i + (2 * core));
            yield return new(d.Trial, at, "device", "steal_s", 0.1 * i);
        }

        void Trial(int cell, SliceDocument[] slices, double rate, string metric)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"c{cell}r0");
            var before = clock;
            foreach (var (phase, length, sharing) in new[] { (Phase.SoloBefore, 0.4, false), (Phase.Together, 0.9, true), (Phase.SoloAfter, 0.4, false) })
            {
                foreach (var (i, s) in slices.Index())
                {
                    var at = clock + (sharing ? random.Next(200_000) : (long)(i * length * 1e9));
                    var to = at + (long)(length * 1e9);
                    for (var k = 0; at < to; k++)
                    {
                        var speed = rate * s.Units * (sharing ? 1 - coupling : 1) * Noise(0.05);
                        var took = (long)(0.004e9 * Noise(0.1));
                        samples.Add(new(id, 0, s.Name, phase, k, metric, at, at + took, 8, speed, ""));
                        at += took + 60_000;
                    }
                }
                if (sharing) events.Add(new TrialWindow(clock, id, Phase.Together, clock + 50_000_000, clock + (long)(length * 1e9) - 50_000_000, 180_000, slices.ToDictionary(s => s.Name, _ => 0.985)));
                clock += (long)((length * (sharing ? 1 : slices.Length) * 1e9) + 30_000_000);
            }
            events.Add(new TrialDone(clock, id, "ok", "", [], 0, 0, (clock - before) * 1e-9, (clock - before) * 0.97e-9));
        }

        static CellDocument Cell(int number, string layout, string mode, ProbeInfo probe, double bytes) =>
            new(number, layout, mode, null, probe.Id, new Dictionary<string, ParameterDocument> { ["bytes"] = new("Bytes", bytes, null) }, 6);
    }
}
