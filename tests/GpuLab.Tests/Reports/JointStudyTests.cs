using GpuLab.Model;
using GpuLab.Reports.Joint;
using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Tests.Reports;

/// <summary>One slice against several as one, from figures that are known.</summary>
public sealed class JointStudyTests
{
    static readonly Metric
        Rate = new("test.joint/rate", "token/s", Better.Higher, Across.Sum, "For tests."),
        Time = new("test.joint/time", "s", Better.Lower, Across.Worst, "For tests."),
        Waiting = new("test.joint/waiting", "%", Better.Lower, Across.Mean, "For tests.");

    static readonly ProbeInfo Probe = new("test.joint", "For tests.", Resource.Model, [Rate, Time, Waiting], [], 0.02) { Joint = true };

    static Figure Of(int cell, string layout, string slice, Metric metric, double value, string mode = "joint", int microbatches = 0, double work = 1) => new(cell, layout, mode, slice, slice.Split('@')[0],
        mode == "solo" ? Phase.Solo : Phase.Together, Probe, Parameters(work, microbatches), metric, 10, 6, value, new(value * 0.98, value * 1.02, "known"), 0.01, null, [], null);

    static Parameters Parameters(double work, int microbatches) => microbatches == 0
        ? new(KeyValuePair.Create("tokens", ParameterValue.Count(work)))
        : new(KeyValuePair.Create("tokens", ParameterValue.Count(work)), KeyValuePair.Create("microbatches", ParameterValue.Count(microbatches)));

    [Fact]
    public void Slices_are_added_up_averaged_or_the_worst_as_their_metric_says()
    {
        var study = Assert.Single(JointStudy.Of(
        [
            Of(1, "whole", "whole", Rate, 100, "solo"), Of(1, "whole", "whole", Time, 2, "solo"),
            Of(2, "2x1c", "1c@0", Rate, 40), Of(2, "2x1c", "1c@0", Time, 3), Of(2, "2x1c", "1c@0", Waiting, 0.1),
            Of(2, "2x1c", "1c@1", Rate, 45), Of(2, "2x1c", "1c@1", Time, 2.5), Of(2, "2x1c", "1c@1", Waiting, 0.3),
        ]));
        Assert.Equal([100, 85], study.Ways.Select(w => w.Main.Value));
        Assert.Equal([3, 0.2], study.Ways[1].Figures.Skip(1).Select(f => Math.Round(f.Value, 9)));
        Assert.Equal(("2 x 1c", 2), (study.Ways[1].Profiles, study.Ways[1].Slices));
        var ratio = study.Ratio(study.Ways[1])!.Value;
        Assert.Equal(0.85, ratio.Value, 9);
        Assert.Equal(0.85 * 0.98 / 1.02, ratio.Low, 9);
        Assert.Equal("slower", ratio.Verdict);
        Assert.Null(study.Ratio(study.Ways[0]));
        Assert.Equal("2x1c as one: 0.8500 × whole (0.8167 … 0.8847), slower", Assert.Single(study.Verdicts));
    }

    [Fact]
    public void Microbatches_are_ways_of_one_work_and_the_fastest_of_each_layout_is_judged()
    {
        var study = Assert.Single(JointStudy.Of(
        [
            Of(1, "whole", "whole", Rate, 100, "solo", 1), Of(2, "whole", "whole", Rate, 80, "solo", 4),
            Of(3, "2x1c", "1c@0", Rate, 25, "joint", 1), Of(3, "2x1c", "1c@1", Rate, 25, "joint", 1),
            Of(4, "2x1c", "1c@0", Rate, 55, "joint", 4), Of(4, "2x1c", "1c@1", Rate, 55, "joint", 4),
        ]));
        Assert.Equal(4, study.Ways.Count);
        Assert.Equal(100, study.Single!.Main.Value);
        Assert.Equal("2x1c as one with microbatches=4: 1.100 × whole (1.057 … 1.145), faster", Assert.Single(study.Verdicts));
    }

    [Fact]
    public void Other_works_other_modes_and_work_that_nobody_shared_are_kept_apart()
    {
        Assert.Empty(JointStudy.Of([Of(1, "whole", "whole", Rate, 100, "solo"), Of(2, "2x1c", "1c@0", Rate, 100, "concurrent")]));
        var studies = JointStudy.Of([Of(1, "whole", "whole", Rate, 100, "solo"), Of(2, "2x1c", "1c@0", Rate, 40, work: 2), Of(2, "2x1c", "1c@1", Rate, 40, work: 2)]);
        Assert.Equal("2x1c as one: 80.00 token/s; no single slice was measured at this work", Assert.Single(Assert.Single(studies).Verdicts));
    }
}
