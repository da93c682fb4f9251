using GpuLab.Results;

namespace GpuLab.Benchmarks;

/// <summary>Folders larger than anyone makes by hand, for timing what reads them: two runs of 10 000 cells, and a tree of 2 000 runs.</summary>
static class LargeRuns
{
    const int Repeats = 6, Samples = 30, Listed = 2000;

    static readonly string[] probes = ["mem.read", "mem.write", "mem.copy", "mem.triad", "mem.curve"];

    static readonly DateTimeOffset first = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <param name="root">Made if it is not there; best in memory, since each of the 120 000 trials is put on the disk.</param>
    public static void Make(string root)
    {
        Write(Path.Combine(root, "a"), 2000, 1, 1);
        // A twentieth of the cells is slower by a tenth: both verdicts occur.
        Write(Path.Combine(root, "b"), 2000, 2, 0.9);
        for (var i = 0; i < Listed; i++) Write(Path.Combine(root, "tree", FormattableString.Invariant($"{i % 40}"), FormattableString.Invariant($"r{i}")), 1, i, 1, first.AddHours(i));
        Console.WriteLine($"{root}: a and b of {2000 * probes.Length} cells, tree of {Listed} runs");
    }

    static void Write(string path, int sizes, int seed, double slow, DateTimeOffset? start = null)
    {
        var cells = Enumerable.Range(0, sizes * probes.Length).Select(n => new CellDocument(n, "whole", "solo", "whole", probes[n % probes.Length],
            new Dictionary<string, ParameterDocument> { ["bytes"] = new("Bytes", 65536.0 * (1 + n / probes.Length), null) }, Repeats)).ToList();
        var plan = new PlanDocument(RunInfo.Current, "cores", 2, "cores", [new("whole", [new("whole", "whole", 0, 2, [0, 1])])], cells,
            [.. cells.SelectMany(c => Enumerable.Range(0, Repeats).Select(r => FormattableString.Invariant($"c{c.Number}r{r}")))], [], 1);
        var info = new RunInfo(RunInfo.Current, "gpulab benchmark", "large", "name: large\ndevice: host\nlayouts: [whole]\nmodes: [solo]\nprobes: [mem.read]\nrepeats: 6\n", "0123456789abcdef", 1, "host", "A processor of 2 cores", false, "gpulab run large.yaml",
            start ?? first.AddDays(seed), null, null, ["large"], new Dictionary<string, IReadOnlyDictionary<string, string>> { ["device"] = new Dictionary<string, string> { ["cores"] = "2" } });
        using var run = RunFolder.Create(path, info, plan);
        var random = new Random(seed);
        var rows = new SampleRow[Samples];
        foreach (var cell in cells)
        {
            var level = 1e10 * (cell.Number % 20 == 0 ? slow : 1);
            for (var r = 0; r < Repeats; r++)
            {
                var trial = plan.Trials[(cell.Number * Repeats) + r];
                for (var i = 0; i < Samples; i++) rows[i] = new(trial, r, "whole", Phase.Solo, i, "bandwidth", (81_234_567L + i) * 1_000_000, (81_234_568L + i) * 1_000_000, 64, level * (1 + (0.002 * random.NextDouble())), "");
                run.Append(rows);
                run.Append(new TrialReady(81_234_567_000_000, trial, "whole", level * 1.1, "measured: the fastest of 8 bursts", new Dictionary<string, string> { ["pages"] = "2 MiB", ["kernel"] = "AVX2, 4 streams", ["passes"] = "64" }));
                run.FinishTrial(new(81_234_600_000_000, trial, "ok", "", [], 0.03, 0.03));
            }
        }
        run.End(info.Start.AddHours(1), 0);
    }
}
