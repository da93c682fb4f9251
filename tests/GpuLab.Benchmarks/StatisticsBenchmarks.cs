using BenchmarkDotNet.Attributes;
using GpuLab.Model;
using GpuLab.Results;
using GpuLab.Statistics;
using GpuLab.Sweeps;

namespace GpuLab.Benchmarks;

/// <summary>What the coordinator does many times a second, and what a report waits for.</summary>
[MemoryDiagnoser]
public class StatisticsBenchmarks
{
    static readonly ProbeInfo Probe = new("mem.read", "", Resource.Memory, [new("mem.read/bandwidth", "B/s", Better.Higher, Across.Sum, "")], [], Precision.Rate);

    double[] million = [], hundreds = [], ring = [];
    double[][] repeats = [];
    RunData run = null!;

    [GlobalSetup]
    public void Setup()
    {
        million = Draw(1, 1_000_000);
        hundreds = [.. Draw(2, 200).Order()];
        ring = Draw(3, 65_536);
        repeats = [.. Enumerable.Range(0, 6).Select(i => Draw((ulong)i + 10, 2500))];
        run = Run(figures: 64, repeats: 6, samples: 2500);
    }

    /// <summary>One look at a full ring by a rule that has not looked before; noisy, so that every part of it runs.</summary>
    [Benchmark]
    public Decision LookAt65kSamples() => new StoppingRule(Stopping.Normal, 1e-9).Look(ring, 1, 1);

    [Benchmark]
    public Interval BootstrapMedianOf200() => Bootstrap.OfMedian(hundreds, 1);

    [Benchmark]
    public Interval HierarchicalMedianOf6x2500() => HierarchicalBootstrap.OfMedian(repeats, 1);

    [Benchmark]
    public Summary SummaryOfOneMillion() => Summary.Of(million);

    /// <summary>64 figures of six repeats, 960 000 samples.</summary>
    [Benchmark]
    public Analysis AnalysisOfOneMillion() => Analyzer.Analyze(run, [Probe]);

    static double[] Draw(ulong seed, int count)
    {
        var random = new Xoshiro(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 100 * Math.Exp(0.1 * random.Normal()))];
    }

    static RunData Run(int figures, int repeats, int samples)
    {
        var cells = Enumerable.Range(0, figures).Select(c => new CellDocument(c, "whole", "solo", "whole", "mem.read", new Dictionary<string, ParameterDocument>(), repeats)).ToList();
        var trials = cells.SelectMany(c => Enumerable.Range(0, repeats).Select(r => (Cell: c, Repeat: r, Id: FormattableString.Invariant($"c{c.Number}r{r}")))).ToList();
        var rows = trials.SelectMany(t => Draw((ulong)t.Id.GetHashCode(StringComparison.Ordinal), samples)
            .Select((v, i) => new SampleRow(t.Id, t.Repeat, "whole", Phase.Solo, i, "bandwidth", i * 1000L, i * 1000L + 900, 1, v, ""))).ToList();
        var info = new RunInfo(1, "", "", "", "", 1, "host", "", false, "", default, null, null, [], new Dictionary<string, IReadOnlyDictionary<string, string>>());
        return new("", info, new(1, "none", 1, "", [new("whole", [new("whole", "whole", 0, 1, [])])], cells, [.. trials.Select(t => t.Id)], [], 1),
            rows, [], [.. trials.Select(t => new TrialDone(0, t.Id, "ok", "", [], 0, 0, 1, 1))]);
    }
}
