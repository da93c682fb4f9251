using System.Diagnostics;
using GpuLab.Geometry;

namespace GpuLab.Tests.Cuda;

/// <summary><c>tests/on-double</c>: any program on a machine with GPUs that are not there, uncut; the machine is gone afterwards.</summary>
static class DoubleProgram
{
    /// <param name="keys">Of the GPUs, with commas between.</param>
    /// <returns>The program's exit code; 2 where there is no such GPU.</returns>
    public static int Run(string keys, string program, IReadOnlyList<string> arguments)
    {
        try
        {
            foreach (var key in keys.Split(',')) _ = GpuCatalogue.Get(key);
        }
        catch (GeometryException unknown)
        {
            Console.Error.WriteLine($"on-double: {unknown.Message}");
            return 2;
        }
        using var machine = new CudaDouble(keys.Split(','));
        for (var gpu = 0; gpu < machine.Nvml.Uuids.Count; gpu++) machine.Nvml.Open(gpu).SetMode(false);
        var start = new ProcessStartInfo(program, arguments);
        foreach (var (name, value) in machine.Environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
