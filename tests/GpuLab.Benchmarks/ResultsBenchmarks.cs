using BenchmarkDotNet.Attributes;
using GpuLab.Results;

namespace GpuLab.Benchmarks;

/// <summary>A million samples into a run folder and back. MB/s = size of samples.csv (printed by the setup) ÷ mean time.</summary>
[MemoryDiagnoser]
public class ResultsBenchmarks
{
    const int Trials = 100, Each = 10_000;
    static readonly RunInfo info = new(RunInfo.Current, "", "bench", "", "", 1, "host", "", false, "", DateTimeOffset.UnixEpoch, null, null, [],
        new Dictionary<string, IReadOnlyDictionary<string, string>>());
    static readonly PlanDocument plan = new(RunInfo.Current, "cores", 1, "cores", [], [], [], [], 0);
    readonly string root = Directory.CreateTempSubdirectory("gpulab-bench-").FullName;
    SampleRow[][] trials = [];
    string written = "";

    [GlobalSetup]
    public void Setup()
    {
        trials = [.. Enumerable.Range(0, Trials).Select(Trial)];
        written = Write();
        Console.WriteLine($"// samples.csv: {new FileInfo(Path.Combine(written, "samples.csv")).Length} bytes");
    }

    [GlobalCleanup]
    public void Cleanup() => Directory.Delete(root, recursive: true);

    /// <summary>One hundred trials, each on the disk before the next.</summary>
    [Benchmark]
    public void Append() => Directory.Delete(Write(), recursive: true);

    [Benchmark]
    public int Read() => RunFolderReader.Read(written).Samples.Count;

    string Write()
    {
        var path = Path.Combine(root, Path.GetRandomFileName());
        using var folder = RunFolder.Create(path, info, plan);
        foreach (var rows in trials)
        {
            folder.Append(rows);
            folder.FinishTrial(new(0, rows[0].Trial, "ok", "", [], 0, 0));
        }
        return path;
    }

    /// <summary>Two slices by turns, values with all digits: what a concurrent trial looks like.</summary>
    static SampleRow[] Trial(int number)
    {
        var random = new Random(number);
        var id = $"c{number:000}-r0-together";
        var start = 81_234_567_890_123L;
        return [.. Enumerable.Range(0, Each).Select(i => new SampleRow(id, 0, i % 2 == 0 ? "1c@0" : "1c@1", Phase.Together, i, "bandwidth",
            start += 200_000, start + 199_000 + i % 977, 64, 1.2e10 * (1 + 0.01 * random.NextDouble()), ""))];
    }
}
