using GpuLab.Model;
using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Tests.Statistics;

public class VerdictTests
{
    [Theory]
    [InlineData(1.0, 0.003, VerdictKind.Isolated)]
    [InlineData(0.99, 0.003, VerdictKind.Isolated)]
    [InlineData(0.7, 0.01, VerdictKind.Coupled)]
    [InlineData(1.1, 0.01, VerdictKind.Faster)]
    [InlineData(0.98, 0.03, VerdictKind.Undecided)]
    [InlineData(1.0, 0.1, VerdictKind.Undecided)]
    public void A_victim_is_judged_by_where_the_interval_lies(double ratio, double noise, VerdictKind expected)
    {
        var verdict = Verdicts.Isolation(Planted(ratio, noise));
        Assert.Equal(expected, verdict.Kind);
        Assert.Equal(expected.ToString().ToUpperInvariant(), verdict.ToString());
    }

    [Fact]
    public void No_verdict_without_six_repeats_or_on_figures_that_are_not_valid()
    {
        var five = LogRatio.Paired([1, 1, 1, 1, 1], [0.5, 0.5, 0.5, 0.5, 0.51], Better.Higher);
        Assert.Equal((VerdictKind.Undecided, "5 repeats; a verdict needs 6."), (Verdicts.Isolation(five).Kind, Verdicts.Isolation(five).Reason));
        Assert.Equal(VerdictKind.Undecided, Verdicts.Comparison(five).Kind);
        Assert.Equal(new Verdict(VerdictKind.Invalid, "wrong data"), Verdicts.Isolation(Planted(1, 0.001), invalid: "wrong data"));
        Assert.Equal(VerdictKind.Invalid, Verdicts.Comparison(Planted(1, 0.001), invalid: "wrong data").Kind);
        Assert.Equal(VerdictKind.Undecided, Verdicts.Isolation(LogRatio.Paired([], [], Better.Higher)).Kind);
        Assert.Equal(VerdictKind.Undecided, Verdicts.Isolation(LogRatio.Unpaired([1], [2], Better.Higher)).Kind);
        Assert.Equal(VerdictKind.Invalid, Verdicts.Isolation(LogRatio.Paired([1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 0], Better.Higher)).Kind);
    }

    [Theory]
    [InlineData(1.0, 0.003, VerdictKind.Same)]
    [InlineData(0.9, 0.01, VerdictKind.Slower)]
    [InlineData(1.1, 0.01, VerdictKind.Faster)]
    [InlineData(1.0, 0.05, VerdictKind.Undecided)]
    public void Cells_are_compared_by_where_the_interval_lies(double ratio, double noise, VerdictKind expected) =>
        Assert.Equal(expected, Verdicts.Comparison(Planted(ratio, noise)).Kind);

    [Fact]
    public void Of_latencies_less_is_faster()
    {
        double[] before = [100, 101, 99, 100, 100.5, 99.5], after = [80, 81, 79, 80, 80.5, 79.5];
        Assert.Equal(VerdictKind.Faster, Verdicts.Comparison(LogRatio.Paired(before, after, Better.Lower)).Kind);
        Assert.Equal(VerdictKind.Slower, Verdicts.Comparison(LogRatio.Paired(before, after, Better.Higher)).Kind);
        Assert.Equal(1.25, LogRatio.Unpaired(before, after, Better.Lower).Ratio, 0.01);
    }

    [Fact]
    public void A_difference_that_vanishes_in_cycles_is_one_of_clocks()
    {
        var time = Planted(1.1, 0.005);
        Assert.Equal(VerdictKind.Faster, Verdicts.Comparison(time, cycles: Planted(1.08, 0.005)).Kind);
        Assert.Equal(VerdictKind.Undecided, Verdicts.Comparison(time, cycles: Planted(0.98, 0.005)).Kind);
    }

    [Fact]
    public void A_family_of_equal_cells_rarely_yields_a_difference()
    {
        var (alone, together) = (0, 0);
        for (var family = 0; family < 200; family++)
        {
            // Right at the margin, where being called slower is wrong in 2.5 % of cases.
            var contrasts = Enumerable.Range(0, 20).Select(i => new Contrast(Planted(0.99, 0.01, (ulong)(family * 100 + i + 1)))).ToList();
            if (contrasts.Any(c => Verdicts.Comparison(c.Ratio).Kind == VerdictKind.Slower)) alone++;
            if (Verdicts.Comparisons(contrasts).Any(v => v.Kind == VerdictKind.Slower)) together++;
        }
        Assert.InRange(together, 0, 16);
        Assert.InRange(alone, 50, 120);
    }

    [Fact]
    public void What_lies_at_the_margin_is_called_isolated_or_coupled_in_one_of_forty_cases_each()
    {
        var verdicts = Enumerable.Range(1, 8000).Select(s => Verdicts.Isolation(Planted(0.98, 0.005, (ulong)s)).Kind).ToList();
        foreach (var kind in (VerdictKind[])[VerdictKind.Isolated, VerdictKind.Coupled]) Assert.InRange(verdicts.Count(v => v == kind) / 8000.0, 0.019, 0.031);
    }

    [Theory]
    [InlineData(15, 0.02)]
    [InlineData(30, 0.02)]
    [InlineData(30, 0.005)]
    [InlineData(120, 0.02)]
    [InlineData(500, 0.02)]
    public void Looks_on_the_way_find_what_is_not_there_in_at_most_one_of_twenty_cases(int most, double noise)
    {
        const int Cases = 3000;
        var verdicts = Enumerable.Range(1, Cases).Select(s => Looked(0.98, noise, most, (ulong)s).Verdict).ToList();
        foreach (var kind in (VerdictKind[])[VerdictKind.Isolated, VerdictKind.Coupled]) Assert.InRange(verdicts.Count(v => v == kind) / (double)Cases, 0.005, 0.05);
    }

    [Fact]
    public void Looks_on_the_way_end_what_is_clear_long_before_the_last_repeat()
    {
        Assert.InRange(Enumerable.Range(1, 500).Average(s => Looked(0.9, 0.01, 60, (ulong)s).Repeats), 6, 7);
        Assert.InRange(Enumerable.Range(1, 500).Average(s => Looked(1, 0.01, 60, (ulong)s).Repeats), 6, 14);
    }

    [Fact]
    public void Looks_are_fixed_beforehand_and_share_one_risk()
    {
        Assert.All(Enumerable.Range(0, 7), n => Assert.Null(new InterimLooks(6).Confidence(n)));
        var looks = Enumerable.Range(0, 31).Select(n => new InterimLooks(30).Confidence(n)).ToList();
        Assert.Equal([6, 8, 10, 13, 17, 22, 29], looks.Select((c, n) => (c, n)).Where(l => l.c is not null).Select(l => l.n));
        Assert.Equal(0.05, looks.OfType<double>().Sum(c => 1 - c), 1e-12);
    }

    /// <summary>As --until-decided does: the verdict that counts is told by the interval of 95 % of what there is in the end.</summary>
    static (VerdictKind Verdict, int Repeats) Looked(double ratio, double noise, int most, ulong seed)
    {
        var random = new Xoshiro(seed);
        var looks = new InterimLooks(most);
        List<double> alone = [], together = [];
        while (alone.Count < most)
        {
            alone.Add(100);
            together.Add(100 * ratio * Math.Exp(noise * random.Normal()));
            if (looks.Confidence(alone.Count) is { } confidence && Verdicts.Isolation(LogRatio.Paired(alone, together, Better.Higher), confidence: confidence).Kind is VerdictKind.Isolated or VerdictKind.Coupled) break;
        }
        return (Verdicts.Isolation(LogRatio.Paired(alone, together, Better.Higher)).Kind, alone.Count);
    }

    [Theory]
    [InlineData(0.97, 0.005)]
    [InlineData(1.0, 0.01)]
    [InlineData(0.95, 0.06)]
    public void So_many_repeats_as_are_said_to_be_needed_usually_decide(double ratio, double noise)
    {
        var needed = new LogRatio(6, Math.Log(ratio), noise / Math.Sqrt(6), 5).RepeatsToDecide(0.02)!.Value;
        var decided = Enumerable.Range(1, 500).Count(s => Verdicts.Isolation(Of(s, needed)).Kind != VerdictKind.Undecided);
        // The estimate itself strays to both sides, so that half is what "about" can mean.
        Assert.InRange(decided / 500.0, 0.4, 1);
        Assert.Equal(0, Enumerable.Range(1, 100).Count(s => needed > 12 && Verdicts.Isolation(Of(s, 6)).Kind == VerdictKind.Coupled && ratio == 1));

        LogRatio Of(int seed, int repeats)
        {
            var random = new Xoshiro((ulong)seed);
            return LogRatio.Paired([.. Enumerable.Repeat(1.0, repeats)], [.. Enumerable.Range(0, repeats).Select(_ => ratio * Math.Exp(noise * random.Normal()))], Better.Higher);
        }
    }

    [Fact]
    public void At_the_margin_no_number_of_repeats_is_promised() => Assert.Null(new LogRatio(6, Math.Log(0.98), 0.004, 5).RepeatsToDecide(0.02));

    [Fact]
    public void The_smallest_effect_is_seen_in_four_of_five_cases()
    {
        const double Noise = 0.01;
        // Its size from the true noise: what a planner of experiments would compute.
        var smallest = new LogRatio(6, 0, Noise / Math.Sqrt(6), 5).SmallestEffect;
        var seen = Enumerable.Range(1, 2000).Count(s => Planted(1 + smallest, Noise, (ulong)s).Interval(0.95).Low > 1);
        Assert.InRange(seen / 2000.0, 0.75, 0.88);
    }

    [Fact]
    public void Equivalence_and_difference_are_told_by_their_p_values()
    {
        var same = Planted(1, 0.002);
        Assert.True(same.EquivalentP(0.01) < 0.05 && same.DiffersP(0.01) > 0.9);
        var other = Planted(0.9, 0.002);
        Assert.True(other.EquivalentP(0.01) > 0.9 && other.DiffersP(0.01) < 0.01);
        // The 90 % interval touches the margin exactly where the test's p is 5 %.
        var touching = new LogRatio(6, 0, Math.Log(1.02) / StudentInterval.Quantile(0.95, 5), 5);
        Assert.Equal(0.05, touching.EquivalentP(0.02), 1e-3);
        Assert.Equal(1.02, touching.Interval(0.9).High, 1e-9);
    }

    [Fact]
    public void Repeats_without_noise_are_judged_by_their_value()
    {
        double[] ones = [1, 1, 1, 1, 1, 1], halves = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5];
        Assert.Equal(VerdictKind.Isolated, Verdicts.Isolation(LogRatio.Paired(ones, ones, Better.Higher)).Kind);
        Assert.Equal(VerdictKind.Slower, Verdicts.Comparison(LogRatio.Unpaired(ones, halves, Better.Higher)).Kind);
    }

    [Fact]
    public void A_concurrent_run_yields_couplings_with_verdicts()
    {
        var run = new SyntheticRun().Cell(repeats: 6);
        for (var r = 0; r < 6; r++)
        {
            foreach (var (slice, together) in new[] { ("1c@0", 70.0), ("1c@1", 100.0) })
            {
                var seed = (ulong)(r * 100 + slice[^1]);
                run.Ready($"c0r{r}", slice).Samples($"c0r{r}", slice, Phase.SoloBefore, Draws.Normal(seed, 40, 100, 0.5))
                    .Samples($"c0r{r}", slice, Phase.Together, Draws.Normal(seed + 7, 100, together, 0.5), 1000).Samples($"c0r{r}", slice, Phase.SoloAfter, Draws.Normal(seed + 9, 40, 100, 0.5), 2000);
            }
            run.Window($"c0r{r}", 1000, 1100, ("1c@0", 1), ("1c@1", 1)).Done($"c0r{r}");
        }
        var couplings = Analyzer.Analyze(run.Build(), [SyntheticRun.Probe]).Couplings;

        Assert.Equal([("1c@0", VerdictKind.Coupled), ("1c@1", VerdictKind.Isolated)], couplings.Select(c => (c.Together.Slice, c.Verdict.Kind)));
        Assert.InRange(couplings[0].Ratio.Ratio, 0.69, 0.71);
        Assert.Equal(6, couplings[0].Ratio.Repeats);

        var broken = Analyzer.Analyze(SyntheticRun.Together(busy: 0.3).Build(), [SyntheticRun.Probe]).Couplings;
        Assert.All(broken, c => Assert.Equal(VerdictKind.Invalid, c.Verdict.Kind));
    }

    /// <summary>Six pairs of repeats with a true ratio and log-normal noise of it.</summary>
    static LogRatio Planted(double ratio, double noise, ulong seed = 1)
    {
        var random = new Xoshiro(seed);
        double[] first = new double[6], second = new double[6];
        for (var i = 0; i < 6; i++) (first[i], second[i]) = (100, 100 * ratio * Math.Exp(noise * random.Normal()));
        return LogRatio.Paired(first, second, Better.Higher);
    }
}
