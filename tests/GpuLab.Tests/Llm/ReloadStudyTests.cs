using GpuLab.Model;
using GpuLab.Probes;
using GpuLab.Reports.Kv;
using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Tests.Llm;

/// <summary>Break-even on made-up figures whose answer is known.</summary>
public sealed class ReloadStudyTests
{
    static Figure Figure(string id, double median, int tokens, string? tier = null, Phase phase = Phase.Solo, string slice = "whole", int cell = 0, string mode = "solo")
    {
        var probe = Catalogue.Probes.First(p => id.StartsWith(p.Id + "/", StringComparison.Ordinal));
        List<KeyValuePair<string, ParameterValue>> parameters = [new("model", ParameterValue.Of("tiny")), new("tokens", ParameterValue.Count(tokens))];
        if (tier is not null) parameters.Add(new("tier", ParameterValue.Of(tier)));
        return new(cell, "whole", mode, slice, "whole", phase, probe, new([.. parameters]), probe.Metrics.First(m => m.Id == id), 10, 3, median, new(median, median, ""), 0, null, [], null);
    }

    /// <summary>A number of slices at once, one of them slower than the others at bringing back by <paramref name="worse"/>.</summary>
    static IEnumerable<Figure> Crowd(int slices, int tokens, double recompute, double reload, double worse = 1)
    {
        for (var i = 0; i < slices; i++)
        {
            var seconds = i == slices - 1 ? reload * worse : reload;
            yield return Figure("kv.recompute/time", recompute, tokens, null, Phase.Together, $"1c@{i}", 100 * tokens + slices, "contention");
            yield return Figure("kv.recompute/needed", 2048 * tokens / recompute, tokens, null, Phase.Together, $"1c@{i}", 100 * tokens + slices, "contention");
            yield return Figure("kv.reload/time", seconds, tokens, "disk", Phase.Together, $"1c@{i}", 100 * tokens + 50 + slices, "contention");
            yield return Figure("kv.reload/bandwidth", 2048 * tokens / seconds, tokens, "disk", Phase.Together, $"1c@{i}", 100 * tokens + 50 + slices, "contention");
        }
    }

    // Alone a quarter of the time, two at once half of it, three at once longer than making them anew.
    [Fact]
    public void Of_every_number_of_slices_at_once_the_one_that_gains_least_counts()
    {
        var studies = ReloadStudy.Of([.. new[] { 32, 64 }.SelectMany(n => Crowd(1, n, 1, 0.25).Concat(Crowd(2, n, 1, 0.25, worse: 2)).Concat(Crowd(3, n, 1, 1.5, worse: 2)))]);
        Assert.Equal(6, studies.Count);
        var crowd = Assert.Single(ReloadCrowd.Of(studies));
        Assert.All(studies, s => Assert.True(crowd.Holds(s)));
        Assert.Equal(["alone", "2 slices at once", "3 slices at once"], crowd.Studies.Select(s => s.Company));
        Assert.Equal([4, 2, 1 / 3.0], crowd.Studies.Select(s => s.Least), (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal("with 1 to 2 at once it pays at every length measured (32 to 64 tokens); with 3 at once it pays at no length measured (32 to 64 tokens)", crowd.BreakEven("disk"));
    }

    static IEnumerable<Figure> Recompute(int tokens, double seconds) =>
        [Figure("kv.recompute/time", seconds, tokens), Figure("kv.recompute/needed", 2048 * tokens / seconds, tokens)];

    static IEnumerable<Figure> Reload(int tokens, double seconds, string tier) =>
        [Figure("kv.reload/time", seconds, tokens, tier), Figure("kv.reload/bandwidth", 2048 * tokens / seconds, tokens, tier)];

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
        var together = Crowd(2, 32, 1, 0.25).ToList();
        Assert.Empty(ReloadStudy.Of([.. Recompute(32, 1), .. together.Where(f => f.Probe.Id == "kv.reload")]));
        Assert.All(ReloadStudy.Of(together), s => Assert.Equal("2 slices at once", s.Company));
        Assert.Equal("alone", Assert.Single(ReloadStudy.Of([.. Recompute(32, 1), .. Reload(32, 0.1, "pinned")])).Company);
        Assert.Empty(ReloadStudy.Of([.. Recompute(32, 1), .. Reload(64, 0.1, "pinned")]));
    }
}
