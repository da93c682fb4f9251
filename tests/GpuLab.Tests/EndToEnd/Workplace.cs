using System.Globalization;
using GpuLab.Results;

namespace GpuLab.Tests.EndToEnd;

/// <summary>An empty folder for one test's sweeps and runs; gone afterwards.</summary>
public sealed class Workplace : IDisposable
{
    public Workplace() => Directory.CreateDirectory(Folder);

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), $"gpulab-e2e-{Guid.NewGuid():N}");

    public string At(string name) => Path.Combine(Folder, name);

    /// <summary>Writes a file and returns its path.</summary>
    public string Write(string name, string text)
    {
        File.WriteAllText(At(name), text);
        return At(name);
    }

    /// <summary>One probe that every machine can run, with about a dozen milliseconds a trial.</summary>
    public string Sweep(int repeats = 2, string layouts = "[whole]", string more = "max_time: 2ms") => Write("sweep.yaml", $"""
        name: tiny
        device: host
        layouts: {layouts}
        probes: [launch.sync]
        effort: quick
        min_samples: 3
        min_time: 1ms
        warmup: 0s
        repeats: {repeats.ToString(CultureInfo.InvariantCulture)}
        {more}

        """);

    /// <summary>Trials that are finished in a run folder that may still be written.</summary>
    public static IReadOnlyList<TrialDone> Finished(string folder)
    {
        var events = Path.Combine(folder, RunFiles.Events);
        return File.Exists(events) ? [.. EventLog.Read(events).Events.OfType<TrialDone>()] : [];
    }

    /// <summary>Waits until a run has finished so many trials.</summary>
    internal static async Task Until(Gpulab run, string folder, int trials)
    {
        while (Finished(folder).Count < trials)
        {
            if (!run.Running) Assert.Fail($"ended before trial {trials}: {await run.End()}");
            await Task.Delay(5);
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

/// <summary>These tests start processes that keep both processors of a small machine busy: one at a time.</summary>
[CollectionDefinition(Name)]
public sealed class Outside
{
    public const string Name = "from the outside";
}
