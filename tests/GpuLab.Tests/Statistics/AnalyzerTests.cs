using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Tests.Statistics;

public class AnalyzerTests
{
    [Fact]
    public void A_quiet_concurrent_cell_yields_a_figure_alone_and_one_together_for_each_slice()
    {
        var analysis = Analyze(SyntheticRun.Together());

        Assert.Equal([("1c@0", Phase.Solo), ("1c@0", Phase.Together), ("1c@1", Phase.Solo), ("1c@1", Phase.Together)], analysis.Figures.Select(f => (f.Slice, f.Phase)));
        Assert.All(analysis.Figures, f => Assert.Empty(f.Flags));
        Assert.All(analysis.Figures, f => Assert.Equal((3, 3, "1c", "concurrent"), (f.Repeats, f.RepeatMedians.Count, f.Profile, f.Mode)));
        Assert.DoesNotContain(analysis.Findings, f => f.Severity > Severity.Note);
        var (solo, together) = (analysis.Figures[0], analysis.Figures[1]);
        Assert.Equal((240, 100.0), (solo.Samples, Math.Round(solo.Median)));
        Assert.Null(solo.Overlap);
        Assert.Equal(0.99, together.Overlap);
        Assert.Equal("mem.test/bandwidth bytes=64KiB on 1c@0 of 2x1c, together", together.Name);
    }

    [Fact]
    public void Warm_up_and_what_lies_outside_the_common_window_never_count()
    {
        var together = Analyze(SyntheticRun.Together()).Figures[1];

        // Samples start at 2000…2099 ms and last one; the window is 2010 to 2090.
        Assert.Equal(3 * 80, together.Samples);
        Assert.InRange(together.Quantiles.Min, 70, 80);
    }

    [Fact]
    public void Samples_of_failed_and_unfinished_trials_never_count()
    {
        var run = SyntheticRun.Alone(Draws.Normal(1, 50), Draws.Normal(2, 50)).Cell(1, "solo", slice: "1c@1", repeats: 2)
            .Samples("c1r0", "1c@1", Phase.Solo, [1, 2, 3]).Done("c1r0", "failed", "it died")
            .Samples("c1r1", "1c@1", Phase.Solo, [1, 2, 3]);

        var figure = Assert.Single(Analyze(run).Figures);
        Assert.Equal((0, 100), (figure.Cell, figure.Samples));
    }

    [Fact]
    public void Fewer_than_six_repeats_get_a_range_and_six_an_interval()
    {
        var five = Analyze(SyntheticRun.Alone([.. Enumerable.Range(0, 5).Select(i => Draws.Normal((ulong)i, 50, 100 + i))])).Figures[0];
        Assert.Equal("range of 5 repeats", five.Interval.Kind);
        Assert.Equal((five.RepeatMedians.Min(), five.RepeatMedians.Max()), (five.Interval.Low, five.Interval.High));

        var six = Analyze(SyntheticRun.Alone([.. Enumerable.Range(0, 6).Select(i => Draws.Normal((ulong)i, 50, 100 + i))])).Figures[0];
        Assert.Equal("95 % bootstrap", six.Interval.Kind);
        Assert.InRange(six.Median, six.Interval.Low, six.Interval.High);
        Assert.InRange(six.Interval.High - six.Interval.Low, 1, 5);

        var one = Analyze(SyntheticRun.Alone(Draws.Normal(1, 50))).Figures[0];
        Assert.Equal("95 % within one repeat", one.Interval.Kind);
        Assert.True(one.Interval.Low < one.Median && one.Median < one.Interval.High);
    }

    [Fact]
    public void Samples_that_depend_on_their_neighbours_widen_the_interval_of_one_repeat()
    {
        var values = Draws.Autocorrelated(1, 4000, 0.8);
        var interval = Analyze(SyntheticRun.Alone(values)).Figures[0].Interval;
        var naive = OrderStatistics.OfMedian([.. values.Order()]);
        // Of the mean the deviation would be three times as large; blocks of 16 and the median show about half of that.
        Assert.InRange((interval.High - interval.Low) / (naive.High - naive.Low), 1.4, 3);
        Assert.Equal("95 % within one repeat", interval.Kind);
    }

    [Fact]
    public void The_ceiling_is_the_median_over_repeats_and_bounds_the_main_metric_only()
    {
        var run = new SyntheticRun().Cell(mode: "solo", slice: "1c@0");
        double[] ceilings = [120, 125, 500];
        for (var r = 0; r < 3; r++)
        {
            run.Samples($"c0r{r}", "1c@0", Phase.Solo, Draws.Fill(30, _ => 100)).Samples($"c0r{r}", "1c@0", Phase.Solo, Draws.Fill(30, _ => 2e9), metric: "clock")
                .Ready($"c0r{r}", "1c@0", ceilings[r]).Done($"c0r{r}");
        }
        var figures = Analyze(run).Figures;

        Assert.Equal(new Ceilinged(125, "measured: test", 0.8), figures[0].Ceiling);
        Assert.Equal("mem.test/clock", figures[1].Metric.Id);
        Assert.Null(figures[1].Ceiling);
    }

    [Fact]
    public void Of_latencies_the_share_is_the_ceiling_over_the_figure()
    {
        var run = new SyntheticRun().Cell(mode: "solo", slice: "1c@0", probe: "lat.test", repeats: 1)
            .Samples("c0r0", "1c@0", Phase.Solo, Draws.Fill(30, _ => 100e-9), metric: "latency").Ready("c0r0", "1c@0", 80e-9).Done("c0r0");
        Assert.Equal(0.8, Analyze(run).Figures[0].Ceiling!.Value.Share, 1e-12);
    }

    [Fact]
    public void Parameters_come_in_the_order_of_the_probe_and_read_as_written()
    {
        var run = SyntheticRun.Alone(Draws.Normal(1, 50)).Build();
        var cell = run.Plan.Cells[0] with { Parameters = new Dictionary<string, ParameterDocument> { ["order"] = new("Word", 0, "random"), ["bytes"] = new("Bytes", 1 << 20, null) } };
        run = run with { Plan = run.Plan with { Cells = [cell] } };
        Assert.Equal("bytes=1MiB order=random", Analyzer.Analyze(run, [SyntheticRun.Probe]).Figures[0].Parameters.ToString());
    }

    [Fact]
    public void Metrics_that_are_not_in_the_catalogue_are_named()
    {
        var run = SyntheticRun.Alone(Draws.Normal(1, 50)).Samples("c0r0", "1c@0", Phase.Solo, [1, 2], metric: "novel");
        var analysis = Analyze(run);
        Assert.Single(analysis.Figures);
        Assert.Contains(analysis.Findings, f => f is { Gate: "unknown-metric", Subject: "mem.test/novel", Severity: Severity.Suspect });
        Assert.Contains(Analyzer.Analyze(run.Build(), []).Findings, f => f.Subject == "mem.test/bandwidth");
    }

    [Fact]
    public void The_same_run_gives_the_same_analysis()
    {
        var run = SyntheticRun.Alone([.. Enumerable.Range(0, 6).Select(i => Draws.Normal((ulong)i, 500))]);
        Assert.Equal(Analyze(run).Figures[0].Interval, Analyze(run).Figures[0].Interval);
    }

    [Fact]
    public void Flags_name_the_gates_that_cast_doubt_and_notes_do_not()
    {
        var run = SyntheticRun.Together(busy: 0.5);
        var figures = Analyze(run).Figures;
        Assert.All(figures.Where(f => f.Phase == Phase.Together), f => Assert.Equal(("no-overlap", Severity.Invalid), (Assert.Single(f.Flags), f.Worst)));
        Assert.All(figures.Where(f => f.Phase == Phase.Solo), f => Assert.Empty(f.Flags));
    }

    [Fact]
    public void An_empty_run_is_no_trouble()
    {
        var analysis = Analyze(new SyntheticRun());
        Assert.Empty(analysis.Figures);
        Assert.Empty(analysis.Findings);
    }

    static Analysis Analyze(SyntheticRun run) => Analyzer.Analyze(run.Build(), [SyntheticRun.Probe, SyntheticRun.Chase]);
}
