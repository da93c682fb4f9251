using GpuLab.Reports.Comparison;
using GpuLab.Results;
using GpuLab.Statistics;
using static GpuLab.Tests.Comparison.RunMaker;

namespace GpuLab.Tests.Comparison;

public sealed class FairnessTests
{
    [Fact]
    public void Like_runs_raise_no_objection_and_differ_in_nothing()
    {
        var c = Compared([Run(_ => 1, seed: 1), Run(_ => 1, seed: 2)], new());
        Assert.Empty(c.Objections);
        Assert.Equal("time", c.Subject);
        Assert.Empty(c.Differences);
        Assert.Equal("Nothing differs besides the time.", Sentences.Besides(c));
    }

    [Fact]
    public void Predictions_are_not_held_against_measurements()
    {
        var c = Compared([Run(_ => 1), Run(_ => 1, device: "sim:h200-141gb", name: "H200")], new());
        Assert.Contains(c.Objections, o => o.StartsWith("B is simulated", StringComparison.Ordinal));
        Assert.DoesNotContain(Compared([Run(_ => 1, device: "sim:h100-sxm-80gb", name: "H100"), Run(_ => 1, device: "sim:h200-141gb", name: "H200")], new()).Objections, o => o.Contains("simulated", StringComparison.Ordinal));
    }

    [Fact]
    public void Other_effort_is_objected_to()
    {
        var c = Compared([Run(_ => 1), Run(_ => 1, sweep: Sweep + "effort: quick\n")], new());
        Assert.Equal("The runs measured with different effort: A normal, B quick.", Assert.Single(c.Objections));
    }

    [Fact]
    public void Sizes_with_nothing_in_common_are_objected_to_and_meet_only_when_accepted()
    {
        var runs = new[] { Run(_ => 1, bytes: _ => 65536), Run(_ => 1, bytes: _ => 131072, seed: 2) };
        var c = Compared(runs, new());
        Assert.Equal("mem.test was run with other values of 'bytes': A 64KiB, B 128KiB.", Assert.Single(c.Objections));
        Assert.Empty(c.Cells);
        Assert.Single(Compared(runs, new(Accept: true)).Cells);
        Assert.Empty(Compared([Run(_ => 1, 2), Run(_ => 1, 1)], new()).Objections);
    }

    [Fact]
    public void Sizes_that_a_probe_chose_by_itself_are_looked_at()
    {
        static GpuLab.Statistics.Analysis Chosen(string array)
        {
            var run = Run(_ => 1);
            return run with
            {
                Figures = [.. run.Figures.Select(f => f with { Parameters = GpuLab.Model.Parameters.None })],
                Run = run.Run with { Events = [new TrialReady(0, "c0r0", "whole", null, "", new Dictionary<string, string> { ["array"] = array, ["pages"] = array == "1MiB" ? "4 KiB" : "2 MiB", ["passes"] = array })] },
            };
        }
        var c = Compared([Chosen("1MiB"), Chosen("256MiB")], new());
        Assert.Equal("mem.test worked on other sizes, chosen by itself: A 1MiB, B 256MiB.", Assert.Single(c.Objections));
        Assert.Contains(c.Differences, d => d.Section == "mem.test" && d.Name.StartsWith("pages", StringComparison.Ordinal) && d.Values.SequenceEqual(["4 KiB", "2 MiB"]));
        Assert.DoesNotContain(c.Differences, d => d.Name.StartsWith("passes", StringComparison.Ordinal));
    }

    [Fact]
    public void What_differs_besides_the_device_is_told_apart_from_the_device()
    {
        var c = Compared([Run(_ => 1, name: "CPU one"), Run(_ => 1, name: "CPU two", tool: "gpulab 2", details: new Dictionary<string, string> { ["cores"] = "64" })], new());
        Assert.Equal("device", c.Subject);
        Assert.True(c.Differences.Single(d => d is { Section: "device", Name: "cores" }).Expected);
        Assert.False(c.Differences.Single(d => d is { Section: "run", Name: "program" }).Expected);
        Assert.DoesNotContain(c.Differences, d => d.Name == "process");
        Assert.Contains("program", Sentences.Besides(c), StringComparison.Ordinal);
    }

    [Fact]
    public void Rates_are_told_per_unit_and_where_known_per_bandwidth_and_watt()
    {
        var c = Compared([Run(_ => 100, device: "sim:h100-sxm-80gb", name: "H100", units: 8), Run(_ => 140, device: "sim:h200-141gb", name: "H200", units: 8)], new());
        var h200 = GpuLab.Geometry.GpuCatalogue.Get("h200-141gb");
        var side = c.Cells[0].Sides[1]!;
        Assert.Equal(side.Figure.Median / h200.Sms!.Value, side.Normalised.PerUnit!.Value, 9);
        Assert.Equal(side.Figure.Median / GpuLab.Geometry.GpuCatalogue.Spec(h200)!["memory_bandwidth"]!.Value.Value, side.Normalised.PerBandwidth!.Value, 15);
        var factors = c.Cells[0].Outcomes[1]!.Factors!;
        Assert.Equal(c.Cells[0].Outcomes[1]!.Ratio.Ratio, factors.Bandwidth!.Value * factors.Rest, 9);
        var host = Compared([Run(_ => 100), Run(_ => 100)], new()).Cells[0].Sides[0]!.Normalised;
        Assert.Equal(50, host.PerUnit!.Value, 0);
        Assert.Null(host.PerBandwidth);
        Assert.Null(host.PerWatt);
        Assert.Null(Compared([Run(_ => 1, probe: Chase), Run(_ => 1, probe: Chase)], new()).Cells[0].Sides[0]!.Normalised.PerUnit);
    }

    [Fact]
    public void Power_that_was_read_goes_before_the_limit()
    {
        var run = Run(_ => 100, device: "sim:h200-141gb", name: "H200", units: 8);
        var read = run with { Run = run.Run with { Telemetry = [new("c0r0", 0, "device", "power_w", 200), new("c0r1", 0, "device", "power_w", 300), new("c1r0", 0, "device", "power_w", 900)] } };
        var side = Compared([run, read], new()).Cells[0].Sides;
        Assert.Equal(side[1]!.Figure.Median / 250, side[1]!.Normalised.PerWatt!.Value, 9);
        Assert.NotEqual(side[0]!.Normalised.PerWatt, side[1]!.Normalised.PerWatt);
    }

    [Fact]
    public void Devices_are_called_by_their_products_as_long_as_that_tells_them_apart()
    {
        static IReadOnlyList<string> Called(string a, string b) => Compared([Run(_ => 1, device: "sim:h100-sxm-80gb", name: a), Run(_ => 1, device: "sim:h200-141gb", name: b)], new()).Devices;
        Assert.Equal(["NVIDIA H100 80GB HBM3", "NVIDIA H200 141GB"], Called("NVIDIA H100 80GB HBM3 (SXM5), H800 SXM (simulated)", "NVIDIA H200 141GB (SXM), H200 NVL (simulated)"));
        Assert.Equal(["EPYC (2 cores)", "EPYC (64 cores)"], Called("EPYC (2 cores)", "EPYC (64 cores)"));
        Assert.Equal(["(odd)", ",odd"], Called("(odd)", ",odd"));
    }

    [Fact]
    public void Metrics_of_a_row_or_two_share_a_plot_of_ratios()
    {
        var (a, b) = (Run(_ => 1, 5), Run(_ => 2, 5, seed: 2));
        Analysis More(Analysis run, double level) => run with { Figures = [.. run.Figures, .. Run(_ => level, probe: Flops).Figures, .. Run(_ => level, probe: Chase).Figures] };
        var page = ComparisonPage.Render(Compared([More(a, 1), More(b, 1.1)], new()), "");
        var ratios = page[page.IndexOf("<section id=\"ratios\">", StringComparison.Ordinal)..page.IndexOf("<section id=\"cells\">", StringComparison.Ordinal)];
        Assert.Equal(2, ratios.Split("<figure ").Length - 1);
        Assert.Contains("Single figures", ratios, StringComparison.Ordinal);
    }
}
