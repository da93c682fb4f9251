using GpuLab.Model;
using GpuLab.Results;

namespace GpuLab.Tests.Statistics;

/// <summary>Builds a run in memory: a layout of two slices, one probe, samples and events as a test wants them.</summary>
sealed class SyntheticRun
{
    public static readonly Metric Bandwidth = new("mem.test/bandwidth", "B/s", Better.Higher, Across.Sum, "Bytes moved");
    public static readonly Metric Clock = new("mem.test/clock", "Hz", Better.Higher, Across.Mean, "Clock");
    public static readonly ProbeInfo Probe = new("mem.test", "A probe", Resource.Memory, [Bandwidth, Clock], [new("bytes", ParameterType.Bytes, "Size"), new("order", ParameterType.Word, "Order")], Precision.Rate);
    public static readonly ProbeInfo Chase = new("lat.test", "A chase", Resource.Latency, [new("lat.test/latency", "s", Better.Lower, Across.Worst, "Latency")],
        [new("bytes", ParameterType.Bytes, "Size")], Precision.Latency, "bytes");

    const long Interval = 1_000_000;

    readonly List<CellDocument> cells = [];
    readonly List<string> trials = [];
    readonly List<SampleRow> samples = [];
    readonly List<TelemetryRow> telemetry = [];
    readonly List<RunEvent> events = [];
    readonly Dictionary<string, string> facts = [];

    public List<SkipDocument> Skips { get; } = [];

    public bool Simulated { get; set; }

    public SyntheticRun Cell(int number = 0, string mode = "concurrent", string layout = "2x1c", string? slice = null, string probe = "mem.test", double bytes = 65536, int repeats = 3)
    {
        cells.Add(new(number, layout, mode, slice, probe, new Dictionary<string, ParameterDocument> { ["bytes"] = new("Bytes", bytes, null) }, repeats));
        for (var r = 0; r < repeats; r++) trials.Add($"c{number}r{r}");
        return this;
    }

    /// <summary>Samples one millisecond long, end to end, from <paramref name="start"/> ms on.</summary>
    public SyntheticRun Samples(string trial, string slice, Phase phase, double[] values, long start = 0, string metric = "bandwidth", string flags = "")
    {
        for (var i = 0; i < values.Length; i++)
        {
            var from = (start + i) * Interval;
            samples.Add(new(trial, int.Parse(trial.AsSpan(trial.IndexOf('r') + 1)), slice, phase, i, metric, from, from + Interval, 1, values[i], flags));
        }
        return this;
    }

    public SyntheticRun Row(SampleRow row)
    {
        samples.Add(row);
        return this;
    }

    public SyntheticRun Ready(string trial, string slice, double? ceiling = null, string pages = "2 MiB") =>
        Event(new TrialReady(0, trial, slice, ceiling, "measured: test", new Dictionary<string, string> { ["pages"] = pages }));

    public SyntheticRun Window(string trial, long start, long end, params (string Slice, double Busy)[] busy) =>
        Event(new TrialWindow(0, trial, Phase.Together, start * Interval, end * Interval, 0, busy.ToDictionary(b => b.Slice, b => b.Busy)));

    public SyntheticRun Clocks(string trial, Phase phase, string slice, double hertz, string scope = "device") =>
        Event(new TrialClocks(0, trial, phase, slice, new Dictionary<string, double> { [scope] = hertz }));

    public SyntheticRun Done(string trial, string status = "ok", string reason = "", params string[] flags) =>
        Event(new TrialDone(0, trial, status, reason, flags, 0, 0, 1, 1));

    public SyntheticRun Reading(string trial, double seconds, string scope, string field, double value)
    {
        telemetry.Add(new(trial, (long)(seconds * 1e9), scope, field, value));
        return this;
    }

    public SyntheticRun Fact(string name, string value)
    {
        facts[name] = value;
        return this;
    }

    public RunData Build()
    {
        LayoutDocument[] layouts =
        [
            new("whole", [new("whole", "whole", 0, 2, [0, 1])]),
            new("2x1c", [new("1c@0", "1c", 0, 1, [0]), new("1c@1", "1c", 1, 1, [1])]),
        ];
        var info = new RunInfo(1, "test", "synthetic", "", "", 1, "host", "Test CPU", Simulated, "", default, null, null, [],
            new Dictionary<string, IReadOnlyDictionary<string, string>> { ["device"] = facts });
        return new("", info, new(1, "cores", 2, "cores", layouts, cells, trials, Skips, 1), samples, telemetry, events);
    }

    SyntheticRun Event(RunEvent e)
    {
        events.Add(e);
        return this;
    }

    /// <summary>A cell of one slice alone: one array of values a repeat, everything in order.</summary>
    public static SyntheticRun Alone(params double[][] repeats)
    {
        var run = new SyntheticRun().Cell(mode: "solo", slice: "1c@0", repeats: repeats.Length);
        for (var r = 0; r < repeats.Length; r++) run.Samples($"c0r{r}", "1c@0", Phase.Solo, repeats[r]).Ready($"c0r{r}", "1c@0").Done($"c0r{r}");
        return run;
    }

    /// <summary>A cell of two slices, three quiet repeats, each proven to overlap.</summary>
    public static SyntheticRun Together(Action<SyntheticRun, string>? more = null, double busy = 0.99)
    {
        var run = new SyntheticRun().Cell();
        for (var r = 0; r < 3; r++)
        {
            var trial = $"c0r{r}";
            foreach (var slice in (string[])["1c@0", "1c@1"])
            {
                var seed = (ulong)(r * 100 + slice[^1]);
                run.Ready(trial, slice)
                    .Samples(trial, slice, Phase.Warmup, [1, 1, 1])
                    .Samples(trial, slice, Phase.SoloBefore, Draws.Normal(seed, 40, 100, 0.5), 1000)
                    .Samples(trial, slice, Phase.Together, Draws.Normal(seed + 1, 100, 80, 0.5), 2000)
                    .Samples(trial, slice, Phase.SoloAfter, Draws.Normal(seed + 2, 40, 100, 0.5), 3000);
            }
            run.Window(trial, 2010, 2090, ("1c@0", 1), ("1c@1", busy));
            more?.Invoke(run, trial);
            run.Done(trial);
        }
        return run;
    }
}
