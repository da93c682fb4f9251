using GpuLab.Results;

namespace GpuLab.Tests.Comparison;

/// <summary>Run folders on disk, removed afterwards: one cell of mem.read, six repeats.</summary>
sealed class RunTree : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("gpulab-runs-").FullName;

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <param name="level">Median of the samples, B/s.</param>
    /// <param name="ended">Whether it ended, or was killed.</param>
    public string Add(string path, double level = 1e10, int repeats = 6, DateTimeOffset? start = null, string name = "test", string device = "host", string deviceName = "Test CPU", bool ended = true, string[]? tags = null, string[]? flags = null, double bytes = 65536)
    {
        var folder = Path.Combine(Root, path);
        var info = new RunInfo(1, "gpulab test", name, "name: test\ndevice: host\nlayouts: [whole]\nmodes: [solo]\nprobes: [mem.read]\nrepeats: 6\n", "0123456789abcdef", 1, device, deviceName, device.StartsWith("sim:", StringComparison.Ordinal), "gpulab run",
            start ?? new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), null, null, tags ?? [], new Dictionary<string, IReadOnlyDictionary<string, string>>());
        var plan = new PlanDocument(1, "cores", 2, "cores", [new("whole", [new("whole", "whole", 0, 2, [0, 1])])],
            [new(0, "whole", "solo", "whole", "mem.read", new Dictionary<string, ParameterDocument> { ["bytes"] = new("Bytes", bytes, null) }, repeats)], [.. Enumerable.Range(0, repeats).Select(r => FormattableString.Invariant($"c0r{r}"))], [], 1);
        using var run = RunFolder.Create(folder, info, plan);
        var draws = new Random(path.Length + (int)(level / 1e7));
        for (var r = 0; r < repeats; r++)
        {
            var trial = plan.Trials[r];
            run.Append([.. Enumerable.Range(0, 40).Select(i => new SampleRow(trial, r, "whole", Phase.Solo, i, "bandwidth", i * 1_000_000, (i + 1) * 1_000_000, 1, level * (1 + (0.002 * draws.NextDouble())), ""))]);
            run.FinishTrial(new(0, trial, "ok", "", flags ?? [], 1, 1));
        }
        if (ended) run.End(info.Start.AddMinutes(1), 0);
        return folder;
    }
}
