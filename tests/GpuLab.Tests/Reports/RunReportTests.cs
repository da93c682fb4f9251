using System.Diagnostics;
using GpuLab.Reports.Html;
using Xunit.Abstractions;

namespace GpuLab.Tests.Reports;

public sealed class RunReportTests(ITestOutputHelper output)
{
    [Fact]
    public void A_report_of_a_small_run_stays_small()
    {
        var host = RunReport.Render(SampleAnalysis.Host());
        var gpu = RunReport.Render(SampleAnalysis.Gpu());
        var watch = Stopwatch.StartNew();
        RunReport.Render(SampleAnalysis.Host());
        output.WriteLine($"host {host.Length} characters, gpu {gpu.Length}, second render {watch.ElapsedMilliseconds} ms");
        if (Environment.GetEnvironmentVariable("GPULAB_REPORT_FOLDER") is { Length: > 0 } folder)
        {
            File.WriteAllText(Path.Combine(folder, "host.html"), host);
            File.WriteAllText(Path.Combine(folder, "gpu.html"), gpu);
            File.WriteAllText(Path.Combine(folder, "hostile.html"), RunReport.Render(SampleAnalysis.Hostile("<script>alert('x')</script> \"q\" & \u202Eمرحبا 😀 " + new string('W', 300))));
        }
        Assert.InRange(host.Length, 20_000, 400_000);
    }
}
