using System.Globalization;
using GpuLab.Probes.Cuda;
using GpuLab.Probes.Kernels;
using GpuLab.Running;

namespace GpuLab.Probes.Launch;

/// <summary>
/// The body of the hidden verb <c>start-context</c>: a process that starts CUDA, runs one kernel, and says how long each part took.
/// </summary>
public static class ContextStart
{
    public const string Verb = "start-context";

    /// <summary>Parts of a start in their order, each in seconds on the line that the process prints.</summary>
    public static IReadOnlyList<string> Parts { get; } = ["driver", "context", "module", "first kernel"];

    /// <returns>0 when a kernel has run; else 1, and the reason is on stderr.</returns>
    public static int Run()
    {
        try
        {
            var marks = new List<long> { Monotonic.Now };
            var device = CudaDevice.At(0);
            marks.Add(Monotonic.Now);
            using var context = CudaContext.Retain(device);
            marks.Add(Monotonic.Now);
            using var module = KernelBuild.Load(context, KernelModules.Common);
            marks.Add(Monotonic.Now);
            using var stream = new CudaStream(context);
            module["gl_null"].Launch(stream, 1, 1, 0);
            stream.Synchronize();
            marks.Add(Monotonic.Now);
            Console.Out.WriteLine(string.Join(' ', marks.Skip(1).Zip(marks, (end, start) => ((end - start) * 1e-9).ToString("G9", CultureInfo.InvariantCulture))));
            Console.Out.Flush();
            return 0;
        }
        catch (Exception failed) when (failed is ProbeSkippedException or CudaException)
        {
            Console.Error.WriteLine(failed.Message);
            return 1;
        }
    }
}
