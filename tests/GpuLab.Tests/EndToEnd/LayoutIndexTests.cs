using System.Text.Json;

namespace GpuLab.Tests.EndToEnd;

/// <summary>Layouts in numbers, the same in the terminal, in JSON and in the report.</summary>
[Collection(Outside.Name)]
public sealed class LayoutIndexTests : IDisposable
{
    /// <summary>Three slices lose 0, 20 and 40 % of memory bandwidth to each other; the link they share evenly.</summary>
    const string Plant = """
        noise: {within: 0.1%, between: 0, phases: 0}
        coupling:
          - {resource: memory, victim: 2g.35gb@2, aggressor_resource: memory, size: 20%}
          - {resource: memory, victim: 2g.35gb@4, aggressor_resource: memory, size: 40%}
        """;

    readonly Workplace place = new();

    [Fact]
    public async Task Worst_case_isolation_fairness_progress_tax_and_sums_are_told_everywhere()
    {
        var sweep = place.Write("sweep.yaml", "name: indices\ndevice: sim:h200-141gb\nlayouts: [whole, 7g.141gb, 3x2g.35gb]\nmodes: [solo, concurrent]\neffort: quick\nmin_time: 20ms\nrepeats: 6\nprobes: [mem.read, link.h2d]\n");
        var plant = place.Write("plant.yaml", Plant);
        var json = await Gpulab.Run("run", sweep, "--plant", plant, "--in-process", "--json", "-o", place.At("json"));
        var text = await Gpulab.Run("run", sweep, "--plant", plant, "--in-process", "-o", place.At("text"));
        Assert.True(json.Code == 0 && text.Code == 0, $"{json}{text}");

        using var summary = JsonDocument.Parse(json.Out);
        var layouts = summary.RootElement.GetProperty("layouts").EnumerateArray().ToDictionary(l => l.GetProperty("layout").GetString()!);
        var thirds = layouts["3x2g.35gb"];
        var probes = thirds.GetProperty("probes").EnumerateArray().ToDictionary(p => p.GetProperty("probe").GetString()!);
        var (memory, link) = (probes["mem.read"], probes["link.h2d"]);
        Near(0.6, memory, "worst");
        Assert.Contains("2g.35gb@4", memory.GetProperty("worst_case").GetString(), StringComparison.Ordinal);
        Near(2.4, memory, "total_progress");
        Near((1 + 1 / 0.8 + 1 / 0.6) / 3, memory, "mean_slowdown");
        Near(2.4 * 2.4 / (3 * (1 + 0.64 + 0.36)), memory, "jain");
        Near(0.6, memory, "evenness");
        Near(1.0 / 3, link, "worst");
        Near(1, link, "jain");
        Near(1, link, "sum_over_whole");
        Near(Math.Sqrt(0.6 / 3), thirds, "isolation");
        Near(0.6, thirds.GetProperty("by_resource"), "memory");
        Near(1.0 / 3, thirds.GetProperty("by_resource"), "link");
        var solo = summary.RootElement.GetProperty("figures").EnumerateArray().Where(f => f.GetProperty("metric").GetString() == "mem.read/bandwidth" && f.GetProperty("phase").GetString() == "solo")
            .GroupBy(f => f.GetProperty("layout").GetString()!).ToDictionary(g => g.Key, g => g.First().GetProperty("median").GetDouble());
        // 2.4 slices' worth of three is left.
        Near(2.4 * solo["3x2g.35gb"] / solo["whole"], memory, "sum_over_whole");
        var tax = layouts["7g.141gb"].GetProperty("probes")[0].GetProperty("partition_tax").GetDouble();
        Assert.Equal(1 - solo["7g.141gb"] / solo["whole"], tax, 1e-9);

        var flat = string.Join(' ', text.Out.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        Assert.Matches(@"layout 3x2g\.35gb: isolation index 44\.\d % \(memory (60\.\d|59\.\d) %, link 33\.\d %\); worst case −66\.\d %, link\.h2d", flat);
        Assert.Matches(@"mem\.read total progress 2\.(40|39) of 3, fairness 0\.960", flat);
        Assert.Matches(@"sum of slices ÷ whole: mem\.read 6\d\.\d %", flat);
        Assert.Contains("layout 7g.141gb: partition tax: mem.read", flat, StringComparison.Ordinal);
        Assert.Contains("they share a rate that is used up", flat, StringComparison.Ordinal);

        var page = await File.ReadAllTextAsync(Path.Combine(place.At("text"), "report.html"));
        Assert.Contains("Layouts in numbers", page, StringComparison.Ordinal);
        Assert.Matches(@"Isolation index.*3x2g\.35gb 44\.\d\s% \(memory (60\.\d|59\.\d)\s%, link 33\.\d\s%\)", page);
        Assert.Contains("they share a rate that is used up", page, StringComparison.Ordinal);
    }

    public void Dispose() => place.Dispose();

    static void Near(double expected, JsonElement of, string name) => Assert.Equal(expected, of.GetProperty(name).GetDouble(), 0.01 * expected);
}
