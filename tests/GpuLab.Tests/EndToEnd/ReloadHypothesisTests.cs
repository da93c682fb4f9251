using GpuLab.Probes;
using GpuLab.Reports.Kv;
using GpuLab.Results;
using GpuLab.Statistics;
using GpuLab.Tests.Sweeps;

namespace GpuLab.Tests.EndToEnd;

/// <summary>
/// The hypothesis of scripts/sweeps/kv-reload-h200.yaml, tested as a user would: reloading a prompt's keys and values pays most on a small slice
/// alone, which has the whole link, and stops paying when all slices reload at once.
/// </summary>
[Collection(Outside.Name)]
public sealed class ReloadHypothesisTests : IDisposable
{
    const int Slices = 7;

    readonly Workplace place = new();

    public void Dispose() => place.Dispose();

    /// <summary>On the declared machine the first half stands at every length and tier, and the second is refuted: all at once still gain, as much as the whole GPU.</summary>
    [Fact]
    public async Task A_small_slice_alone_gains_most_and_all_at_once_still_gain()
    {
        var (whole, crowd) = await Run();
        foreach (var (point, tier) in whole.Points.SelectMany(p => p.Tiers.Select(t => (p, t.Tier))))
        {
            var all = Gain(crowd.Studies[^1], point.Tokens, tier);
            Assert.True(Gain(crowd.Studies[0], point.Tokens, tier) > 2 * point.Gain(tier), $"{tier} {point.Tokens}: a small slice alone gains no more than the whole GPU");
            Assert.True(all > 1, $"{tier} {point.Tokens}: reloading stopped paying");
            // What n slices need together is no more than what the whole GPU needs.
            Assert.InRange(Slices * Needed(crowd.Studies[^1], point.Tokens) / point.Needed, 0.5, 1.1);
        }
        Assert.All(crowd.Tiers, t => Assert.Equal("with 1 to 7 at once it pays at every length measured (128 to 8192 tokens)", crowd.BreakEven(t)));
    }

    /// <summary>From storage slower than B* of the whole GPU and faster than that of a slice it holds as it was put.</summary>
    [Fact]
    public async Task From_slow_storage_it_stops_paying_with_the_number_of_slices()
    {
        var (whole, crowd) = await Run("--plant", Repository.Folder("scripts/sweeps/planted/slow-disk.yaml"));
        var rate = whole.Points[^1].Tiers.First(t => t.Tier == "disk").Rate;
        Assert.InRange(rate, Needed(crowd.Studies[0], 8192), whole.Points[^1].Needed);
        Assert.True(Gain(whole, 8192, "disk") < 1);
        Assert.True(Gain(crowd.Studies[0], 8192, "disk") > 1);
        Assert.True(Gain(crowd.Studies[^1], 8192, "disk") < 1);
        // It falls with every slice more, as one over their number.
        for (var n = 2; n <= Slices; n++) Assert.InRange(n * Gain(crowd.Studies[n - 1], 8192, "disk") / Gain(crowd.Studies[0], 8192, "disk"), 0.9, 1.1);
        Assert.True(Gain(crowd.Studies[^1], 8192, "pinned") > 1);
    }

    async Task<(ReloadStudy Whole, ReloadCrowd Small)> Run(params string[] more)
    {
        var sweep = place.Write("kv.yaml", Repository.Text("scripts/sweeps/kv-reload-h200.yaml").Replace(", 3g.71gb+2x2g.35gb]", "]", StringComparison.Ordinal).Replace("repeats: 3", "repeats: 1", StringComparison.Ordinal));
        var ended = await Gpulab.Run(["run", sweep, "--out", place.At("run"), .. more]);
        Assert.True(ended.Code == 0, ended.ToString());
        Assert.Contains("on slices of 7x1g.18gb, the one that gains least", ended.Out, StringComparison.Ordinal);
        Assert.Contains("All figures are predictions", ended.Out.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains("slices at once", await File.ReadAllTextAsync(place.At("run/report.html")), StringComparison.Ordinal);
        var studies = ReloadStudy.Of([.. Analyzer.Analyze(RunFolderReader.Read(place.At("run")), Catalogue.Probes).Figures]);
        return (studies.Single(s => s.Layout == "whole"), ReloadCrowd.Of(studies).Single(c => c.Layout == "7x1g.18gb"));
    }

    static double Gain(ReloadStudy study, int tokens, string tier) => study.Points.Single(p => p.Tokens == tokens).Gain(tier)!.Value;

    static double Needed(ReloadStudy study, int tokens) => study.Points.Single(p => p.Tokens == tokens).Needed;
}
