using GpuLab.Model;
using GpuLab.Probes;
using GpuLab.Reports.Kv;
using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Tests.Llm;

/// <summary>Break-even on made-up figures whose answer is known.</summary>
public sealed class ReloadStudyTests
{
    static Figure Figure(string id, double median, int tokens, string? tier = null, Phase phase = Phase.Solo, string slice = "whole")
    {
        var probe = Catalogue.Probes.First(p => id.StartsWith(p.Id + "/", StringComparison.Ordinal));
        List<KeyValuePair<string, ParameterValue>> parameters = [new("model", ParameterValue.Of("tiny")), new("tokens", ParameterValue.Count(tokens))];
        if (tier is not null) parameters.Add(new("tier", ParameterValue.Of(tier)));
        return new(0, "whole", "solo", slice, "whole", phase, probe, new([.. parameters]), probe.Metrics.First(m => m.Id == id), 10, 3, median, new(median, median, ""), 0, null, [], null);
    }

    static IEnumerable<Figure> Recompute(int tokens, double seconds, Phase phase = Phase.Solo) =>
        [Figure("kv.recompute/time", seconds, tokens, phase: phase), Figure("kv.recompute/needed", 2048 * tokens / seconds, tokens, phase: phase)];

    static IEnumerable<Figure> Reload(int tokens, double seconds, string tier, Phase phase = Phase.Solo) =>
        [Figure("kv.reload/time", seconds, tokens, tier, phase), Figure("kv.reload/bandwidth", 2048 * tokens / seconds, tokens, tier, phase)];

    // 1 ms a token against 10 ms and a tenth of a millisecond a token: they meet where 1e-3 n = 1e-2 + 1e-4 n, at 11.1 tokens.
    [Fact]
    public void The_length_from_which_reloading_pays_lies_where_the_times_cross()
    {
        int[] lengths = [2, 8, 10, 12, 64];
        var study = Assert.Single(ReloadStudy.Of([.. lengths.SelectMany(n => Recompute(n, 1e-3 * n)), .. lengths.SelectMany(n => Reload(n, 1e-2 + 1e-4 * n, "disk"))]));
        Assert.Equal(lengths, study.Points.Select(p => p.Tokens));
        Assert.All(study.Points, p => Assert.Equal(2048e3, p.Needed, 1e-3));
        Assert.Equal("pays from about 11 tokens (between 10 and 12)", study.BreakEven("disk"));
    }

    [Fact]
    public void Tiers_are_judged_each_by_itself()
    {
        int[] lengths = [32, 64];
        var study = Assert.Single(ReloadStudy.Of([.. lengths.SelectMany(n => Recompute(n, 1e-3 * n)), .. lengths.SelectMany(n => Reload(n, 1e-6 * n, "pinned")), .. lengths.SelectMany(n => Reload(n, 1e-2 * n, "disk"))]));
        Assert.Equal(["pinned", "disk"], study.Tiers);
        Assert.Equal("pays at every length measured (32 to 64 tokens)", study.BreakEven("pinned"));
        Assert.Equal("pays at no length measured (32 to 64 tokens)", study.BreakEven("disk"));
    }

    [Fact]
    public void Times_that_cross_more_than_once_give_no_length()
    {
        var study = Assert.Single(ReloadStudy.Of([.. new[] { 1, 2, 3 }.SelectMany(n => Recompute(n, 1e-3 * n)), .. Reload(1, 2e-3, "disk"), .. Reload(2, 1e-3, "disk"), .. Reload(3, 4e-3, "disk")]));
        Assert.Contains("noise", study.BreakEven("disk"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_measured_together_is_not_compared_with_what_was_measured_alone()
    {
        Assert.Empty(ReloadStudy.Of([.. Recompute(32, 1), .. Reload(32, 0.1, "pinned", Phase.Together)]));
        Assert.True(Assert.Single(ReloadStudy.Of([.. Recompute(32, 1, Phase.Together), .. Reload(32, 0.1, "pinned", Phase.Together)])).Together);
        Assert.Empty(ReloadStudy.Of([.. Recompute(32, 1), .. Reload(64, 0.1, "pinned")]));
    }
}
