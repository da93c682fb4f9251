using GpuLab.Probes.Cuda;
using GpuLab.Results;
using GpuLab.Running;

namespace GpuLab.Probes.Selftest;

/// <summary>The body of the hidden verb <c>selftest-device FILE checks|figures</c>: a process of its own, which sees one device and may be lost with it.</summary>
public static class SelftestEntry
{
    public const string Verb = "selftest-device", Checks = "checks", Figures = "figures";

    /// <summary>Goes on from what a process before it left in the file.</summary>
    /// <returns>0 when all was done that could be in one process; else 1, and the reason is on stderr.</returns>
    public static int Run(string file, string extent, string program)
    {
        try
        {
            var begun = File.Exists(file) ? SelftestJson.Read(file) : SelftestRun.Begin(CudaSession.Current, program, TimeProvider.System.GetUtcNow());
            SelftestRun.GoOn(CudaSession.Current, begun, extent == Figures ? Catalogue.OfGpus : [], result => SelftestJson.Write(file, result));
            return 0;
        }
        catch (Exception nothing) when (nothing is ProbeSkippedException or CudaException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"gpulab: {nothing.Message}");
            return 1;
        }
    }
}
