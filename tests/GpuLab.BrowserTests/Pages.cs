using System.Diagnostics;
using GpuLab.Reports.Comparison;
using GpuLab.Reports.Html;
using GpuLab.Reports.Runs;
using GpuLab.Statistics;
using GpuLab.Tests.Comparison;
using GpuLab.Tests.Reports;

namespace GpuLab.BrowserTests;

/// <summary>The pages under test, as files: a run really measured here, a simulated GPU, hostile names, a comparison of devices, an index.</summary>
public sealed class Pages : IDisposable
{
    const string Hostile = "<script>window.pwned=1</script><img src=x onerror=window.pwned=1> \"q\" 'a' & \u202Eمرحبا 😀 ";

    const string Sweep = """
        name: browser-test
        device: host
        layouts: [whole, 2x1c]
        modes: [solo, concurrent]
        effort: quick
        repeats: 2
        probes:
          - {probe: mem.read, bytes: 1MiB}
          - {probe: mem.curve, bytes: [16KiB, 64KiB, 256KiB, 1MiB]}
        exclude:
          - {probe: mem.curve, layout: "!=whole"}
          - {layout: whole, mode: concurrent}
        """;

    readonly string folder = Directory.CreateTempSubdirectory("gpulab-pages-").FullName;

    public static readonly string[] Names = ["host", "measured", "simulated", "hostile", "devices", "regression", "index"];

    public string Address(string name) => new Uri(Path.Combine(folder, name + ".html")).AbsoluteUri;

    public async Task Make()
    {
        Write("host", RunReport.Render(SampleAnalysis.Host()));
        Write("simulated", RunReport.Render(SampleAnalysis.Gpu()));
        Write("hostile", RunReport.Render(SampleAnalysis.Hostile(Hostile + new string('W', 300))));
        Write("devices", ComparisonPage.Render(RunMaker.Compared([Gpu("sim:a100-80gb", 1), Gpu("sim:h100-sxm-80gb", 1.7), Gpu("sim:h200-141gb", 2.4)], new()), "gpulab compare a100 h100 h200"));
        Write("regression", ComparisonPage.Render(RunMaker.Compared([Curve(1, "before " + Hostile), Curve(0.8, "after")], new()), "gpulab compare before after " + Hostile));
        var listed = new ListedRun("runs/" + Hostile, Hostile, "host", Hostile, false, new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), 1, 2, 0, [Hostile]);
        Write("index", IndexPage.Render(Hostile, [listed], History.Of([.. new[] { Curve(1, Hostile), Curve(0.9, Hostile), Curve(1.1, Hostile) }.Select(RunFigures.Of)]), new Dictionary<string, string> { [listed.Folder] = "host.html" }));
        Write("random", RandomPlots.Page(400, seed: 1));
        await Measure();
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    static Analysis Gpu(string device, double speed)
    {
        var model = GpuLab.Geometry.GpuCatalogue.Get(device[4..]);
        var memory = RunMaker.Run(n => 2e12 * speed, device: device, name: model.Product, units: 8, seed: 1);
        var compute = RunMaker.Run(n => 3e14 * speed, device: device, name: model.Product, units: 8, seed: 2, probe: RunMaker.Flops);
        return memory with { Figures = [.. memory.Figures, .. compute.Figures] };
    }

    static Analysis Curve(double speed, string name) =>
        RunMaker.Run(n => 1e-9 * Math.Pow(2, n / 3.0) / speed, 12, probe: RunMaker.Chase, name: name, bytes: n => 16384 * Math.Pow(2, n), seed: (ulong)(speed * 100));

    void Write(string name, string page)
    {
        File.WriteAllText(Path.Combine(folder, name + ".html"), page);
        // For people who want to look at them.
        if (Environment.GetEnvironmentVariable("GPULAB_REPORT_FOLDER") is { Length: > 0 } kept) File.WriteAllText(Path.Combine(kept, name + ".html"), page);
    }

    /// <summary>A run of this very machine, by the program as it ships.</summary>
    async Task Measure()
    {
        var sweep = Path.Combine(folder, "sweep.yaml");
        File.WriteAllText(sweep, Environment.ProcessorCount > 1 ? Sweep : Sweep.Replace("[whole, 2x1c]", "[whole]", StringComparison.Ordinal).Replace("[solo, concurrent]", "[solo]", StringComparison.Ordinal));
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "gpulab.dll"), "run", sweep, "--out", Path.Combine(folder, "run")]) start.ArgumentList.Add(argument);
        using var run = Process.Start(start)!;
        var (errors, output) = (run.StandardError.ReadToEndAsync(), run.StandardOutput.ReadToEndAsync());
        await run.WaitForExitAsync();
        if (run.ExitCode != 0) throw new InvalidOperationException($"gpulab run ended with {run.ExitCode}: {await errors}{await output}");
        File.Copy(Path.Combine(folder, "run", "report.html"), Path.Combine(folder, "measured.html"));
    }
}
