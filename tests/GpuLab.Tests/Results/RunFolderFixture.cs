using System.Globalization;
using GpuLab.Results;

namespace GpuLab.Tests.Results;

/// <summary>A place for run folders that goes away with the test, and small valid contents for them.</summary>
public abstract class RunFolderFixture : IDisposable
{
    protected RunFolderFixture()
    {
        Root = Directory.CreateTempSubdirectory("gpulab-results-").FullName;
        Folder = Path.Combine(Root, "run");
    }

    protected string Root { get; }

    protected string Folder { get; }

    internal static RunInfo Info { get; } = new(RunInfo.Current, "gpulab 0.1.0", "small", "name: small\n# \"quoted\" ☃\n", "ab12", 7, "host", "A CPU", false, "gpulab run small.yaml",
        new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero), null, null, ["tag"],
        new Dictionary<string, IReadOnlyDictionary<string, string>> { ["host"] = new Dictionary<string, string> { ["cpu"] = "A CPU", ["kernel"] = "6.1" } });

    internal static PlanDocument Plan { get; } = new(RunInfo.Current, "cores", 2, "cores",
        [new("2x1c", [new("1c@0", "1c", 0, 1, [0]), new("1c@1", "1c", 1, 1, [1])])],
        [new(1, "2x1c", "solo", "1c@0", "mem.triad", new Dictionary<string, ParameterDocument> { ["bytes"] = new("Bytes", 64 << 20, null) }, 3)],
        ["t1", "t2", "t3"], [new("link.h2d", "no link", 4)], 12.5);

    internal static SampleRow Sample(string trial, long index, double value = 1.5, string slice = "1c@0") =>
        new(trial, 0, slice, Phase.Together, index, "bandwidth", 1_000_000_000_000 + index * 1000, 1_000_000_000_500 + index * 1000, 4, value, "");

    internal static TelemetryRow Reading(string trial, long time, double value = 2e9) => new(trial, time, "cpu0", "clock_hz", value);

    internal static TrialOutcome Outcome(string trial, string status = "ok") => new(5, trial, status, status == "ok" ? "" : "why", ["NOISY"], 1.25, 1);

    /// <summary>Appends a trial of so many samples and finishes it.</summary>
    internal static TrialDone Run(RunFolder folder, string trial, int samples = 3)
    {
        folder.Append(new TrialReady(1, trial, "1c@0", null, "", new Dictionary<string, string> { ["bytes"] = "67108864" }));
        folder.Append([.. Enumerable.Range(0, samples).Select(i => Sample(trial, i, i / 3.0))]);
        folder.Append([Reading(trial, 10), Reading(trial, 20)]);
        return folder.FinishTrial(Outcome(trial));
    }

    internal string File(string name) => Path.Combine(Folder, name);

    /// <summary>A copy of the run folder beside it, as <c>cp -r</c> makes it.</summary>
    internal string Copy(string name)
    {
        var copy = Path.Combine(Root, name);
        foreach (var file in Directory.GetFiles(Folder, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            System.IO.File.Copy(file, target, overwrite: true);
        }
        return copy;
    }

    internal static string Number(int value) => value.ToString("00000", CultureInfo.InvariantCulture);

    public void Dispose()
    {
        Directory.Delete(Root, recursive: true);
        GC.SuppressFinalize(this);
    }
}
