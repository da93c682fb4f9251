using System.Globalization;
using GpuLab.Control;
using GpuLab.Control.Host;
using GpuLab.Model;
using GpuLab.Results;
using GpuLab.Running;

namespace GpuLab.Benchmarks;

/// <summary>
/// From the start of a worker on a GPU to its readiness to launch: runtime, driver, identity, context, module. The worker is the program
/// that GPULAB names (publish it for true times); with a double of libcuda what is left is what this program costs.
/// </summary>
static class GpuWorkerStarts
{
    static readonly TimeSpan limit = TimeSpan.FromSeconds(30);

    public static async Task Run(int starts)
    {
        var folder = Directory.CreateTempSubdirectory("gpulab-bench-").FullName;
        using var arena = Arena.Create(1);
        var slice = new Slice(0, "whole", "whole", 0, 1, [Affinity.Current()[0]], new Dictionary<string, string> { ["CUDA_VISIBLE_DEVICES"] = Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES") ?? "0" });
        IReadOnlyList<string> command = Environment.GetEnvironmentVariable("GPULAB") is { Length: > 0 } named ? [named] : ["dotnet", Path.Combine(AppContext.BaseDirectory, "gpulab.dll")];
        var (hello, ready) = (new double[starts], new double[starts]);
        for (var i = -2; i < starts; i++)
        {
            var began = Monotonic.Now;
            await using var worker = WorkerProcess.Start(new(command, _ => Path.Combine(folder, "worker.log")), slice, arena, new(DeviceKind.Gpu, "0"));
            await worker.Receive<Hello>(limit, CancellationToken.None);
            var greeted = (Monotonic.Now - began) / 1e6;
            worker.Send(new Prepare(slice.Name, "c1r1", "launch.api", new Dictionary<string, ParameterDocument>(), 1, folder));
            await worker.Receive<Ready>(limit, CancellationToken.None);
            if (i >= 0) (hello[i], ready[i]) = (greeted, (Monotonic.Now - began) / 1e6);
        }
        Directory.Delete(folder, recursive: true);
        foreach (var (name, times) in new[] { ("hello", hello), ("ready to launch", ready) })
        {
            Array.Sort(times);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"worker {name}: fastest {times[0]:0} ms, median {times[starts / 2]:0} ms, slowest {times[^1]:0} ms of {starts}"));
        }
    }
}
