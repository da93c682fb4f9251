using GpuLab.Results;
using GpuLab.Tests.Running;

namespace GpuLab.Tests.EndToEnd;

[Collection(Outside.Name)]
public sealed class ManyTrialsTests
{
    /// <summary>
    /// Ten thousand trials through coordinator, worker and folder. Two of the cells measure; the others are prepared and
    /// skipped by the worker, which costs the same messages, records and syncs but no measuring time.
    /// </summary>
    [Fact]
    public async Task Ten_thousand_trials_in_one_run_are_each_done_once_by_the_same_worker()
    {
        using var fixture = new RunFixture();
        for (var cell = 0; cell < 1000; cell++) fixture.With(cell % 500 == 0 ? "test.steady" : "test.skip", "a");
        var run = await fixture.Run(repeats: 10);

        var done = run.Events.OfType<TrialDone>().ToList();
        Assert.Equal(10_000, done.Count);
        Assert.Equal(run.Plan.Trials, done.Select(d => d.Trial));
        Assert.Equal(20, done.Count(d => d.Status == "ok"));
        Assert.Equal(9980, done.Count(d => d.Status == "skipped"));
        Assert.Equal(20, run.Samples.Select(s => s.Trial).Distinct().Count());
        Assert.Equal(["a", "b"], run.Events.OfType<WorkerEvent>().Where(e => e.What == "started").Select(e => e.Slice).Order());
    }
}
