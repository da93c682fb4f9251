using BenchmarkDotNet.Attributes;
using GpuLab.Control;
using GpuLab.Control.Host;
using GpuLab.Model;
using GpuLab.Results;
using GpuLab.Running;

namespace GpuLab.Benchmarks;

/// <summary>
/// What a worker costs: its start to the hello, a message to it and back, and a whole phase of one sample. The worker is the
/// program that GPULAB names, by default the one built beside the benchmarks, which is JIT-compiled: publish for true start times.
/// </summary>
public class WorkerBenchmarks
{
    static readonly TimeSpan limit = TimeSpan.FromSeconds(10);

    readonly string folder = Directory.CreateTempSubdirectory("gpulab-bench-").FullName;
    readonly Slice slice = new(0, "whole", "whole", 0, 1, [Affinity.Current()[0]], new Dictionary<string, string>());
    readonly Arena arena = Arena.Create(3);
    PhaseRunner phases = null!;
    WorkerProcess worker = null!, idle = null!;

    [GlobalSetup]
    public async Task Setup()
    {
        phases = new(arena, Timeouts.All(limit), new WallPace());
        worker = await Greeted(0);
        idle = await Greeted(1);
        worker.Send(new Prepare(slice.Name, "c1r1", "compute.fp64", new Dictionary<string, ParameterDocument>(), 1, folder));
        await worker.Receive<Ready>(limit, CancellationToken.None);
    }

    [GlobalCleanup]
    public async Task Cleanup()
    {
        await worker.DisposeAsync();
        await idle.DisposeAsync();
        arena.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>From the fork to the first word, and the worker's end.</summary>
    [Benchmark]
    public async Task Start_hello_exit()
    {
        await using var started = await Greeted(2);
    }

    /// <summary>One line of JSON there and one back: finishing a probe that was never prepared.</summary>
    [Benchmark]
    public async Task<string?> Message_round_trip()
    {
        idle.Send(new Finish(slice.Name));
        return (await idle.Receive<Finished>(limit, CancellationToken.None)).Wrong;
    }

    /// <summary>Go, armed, common deadline, one look at the samples, stop, done. A millisecond of it is the lead of the deadline.</summary>
    [Benchmark]
    public async Task<int> Phase_round_trip() =>
        (await phases.Run([worker], (at, number) => new(at.Slice.Name, number, Phase.Solo), (samples, _) => samples[0].Count > 0 ? 0 : 100_000, CancellationToken.None))[0].Count;

    async Task<WorkerProcess> Greeted(int slot)
    {
        var started = WorkerProcess.Start(new(Command(), _ => Path.Combine(folder, "worker.log")), slice with { Index = slot }, arena, DeviceId.Host);
        await started.Receive<Hello>(limit, CancellationToken.None);
        return started;
    }

    static IReadOnlyList<string> Command() => Environment.GetEnvironmentVariable("GPULAB") is { Length: > 0 } named
        ? [named]
        : ["dotnet", Path.Combine(AppContext.BaseDirectory, "gpulab.dll")];
}
