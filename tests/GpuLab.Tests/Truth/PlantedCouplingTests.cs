using GpuLab.Statistics;

namespace GpuLab.Tests.Truth;

/// <summary>
/// What is planted must come out of <c>gpulab run</c>, with noise planted on samples, on whole repeats and on each phase of a repeat; only the last is felt by
/// ratios. Reduced by default and then seeded, so that each test always passes or never does; <c>scripts/truth-test</c> sets the full numbers and seeds that nobody
/// has looked at (<c>GPULAB_TRUTH_RUNS</c>, <c>GPULAB_TRUTH_SEED</c>).
/// </summary>
public sealed class PlantedCouplingTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(30)]
    public async Task The_planted_size_is_inside_the_95_percent_interval(int percent)
    {
        var found = await TruthProgram.Couplings(percent);
        Bar.AtLeast(0.93, found.Count(c => c.Low <= 1 - percent / 100.0 && 1 - percent / 100.0 <= c.High), found.Count, "the interval covers what was planted");
        if (percent >= 10) Bar.AtLeast(0.95, Count(found, VerdictKind.Coupled), found.Count, "COUPLED");
    }

    [Fact]
    public async Task Nothing_planted_is_called_isolated_and_not_coupled()
    {
        var found = await TruthProgram.Couplings(0);
        Bar.AtMost(0.05, Count(found, VerdictKind.Coupled), found.Count, "COUPLED");
        Bar.AtLeast(0.80, Count(found, VerdictKind.Isolated), found.Count, "ISOLATED");
    }

    [Fact]
    public async Task At_the_margin_neither_verdict_is_given_often()
    {
        var found = await TruthProgram.Couplings((int)(Verdicts.IsolationMargin * 100));
        Bar.AtMost(0.05, Count(found, VerdictKind.Coupled), found.Count, "COUPLED");
        Bar.AtMost(0.05, Count(found, VerdictKind.Isolated), found.Count, "ISOLATED");
    }

    [Theory]
    [InlineData(15)]
    [InlineData(40)]
    public async Task At_the_margin_looks_on_the_way_do_not_find_a_verdict_often_either(int repeats)
    {
        var found = await TruthProgram.Couplings((int)(Verdicts.IsolationMargin * 100), repeats, "--until-decided");
        Bar.AtMost(0.05, Count(found, VerdictKind.Coupled), found.Count, "COUPLED");
        Bar.AtMost(0.05, Count(found, VerdictKind.Isolated), found.Count, "ISOLATED");
    }

    [Fact]
    public async Task Noise_of_whole_repeats_cancels_in_the_ratio_and_noise_of_phases_does_not()
    {
        var (whole, phases) = (await TruthProgram.Couplings(0, plant: "noise: {within: 0.2%, between: 3%, phases: 0}"), await TruthProgram.Couplings(0, plant: "noise: {within: 0.2%, between: 0, phases: 3%}"));
        Assert.All(whole, c => Assert.InRange(c.High - c.Low, 0, 0.01));
        // √1.5 × 3 % over √6 repeats, times 2 × 2.57 for both sides of the interval.
        Assert.InRange(Median(phases.Select(c => c.High - c.Low)), 0.05, 0.11);
    }

    static double Median(IEnumerable<double> values) => Selection.Median(values.ToArray());

    static int Count(IReadOnlyList<FoundCoupling> found, VerdictKind kind) => found.Count(c => c.Verdict == kind);
}
