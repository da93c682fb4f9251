using System.Globalization;
using GpuLab.Results;
using Xunit.Abstractions;

namespace GpuLab.Tests.EndToEnd;

[Collection(Outside.Name)]
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    const int Kill = 9, Interrupt = 2, Terminate = 15;
    readonly Workplace place = new();

    [Fact]
    public async Task Killed_at_fifty_random_points_and_resumed_a_run_neither_loses_nor_repeats_a_trial()
    {
        var loop = new KillLoop(Gpulab.Built, seed: 1, place, output.WriteLine);
        await loop.Kill(50);
        output.WriteLine($"{loop.Early} kills before a trial was done, {loop.Between} between trials, {loop.Late} after the last");
        Assert.True(loop.Between >= 10, "too few kills hit while trials were measured to prove anything");
    }

    [Fact]
    public async Task A_worker_killed_at_random_moments_costs_at_most_one_trial_each_time()
    {
        var random = new Random(1);
        var folder = place.At("run");
        using var run = Gpulab.Start("run", place.Sweep(repeats: 150), "--out", folder);
        var kills = 0;
        while (kills < 6)
        {
            // A worker that dies three times while starting rightly ends the run, so each one may finish a few trials first.
            await Workplace.Until(run, folder, Workplace.Finished(folder).Count + 5);
            await Task.Delay(random.Next(30));
            foreach (var worker in Leftovers.WorkersOf(run.Pid).Take(1))
            {
                if (Gpulab.kill(worker, Kill) == 0) kills++;
            }
        }
        var ended = await run.End();

        Assert.True(ended.Code == 0, ended.ToString());
        var done = Workplace.Finished(folder);
        var failed = done.Where(d => d.Status != "ok").ToList();
        Assert.Equal(150, done.Count);
        Assert.InRange(failed.Count, 0, kills);
        Assert.All(failed, d => Assert.Contains("signal 9", d.Reason, StringComparison.Ordinal));
        Assert.Equal(kills + 1, RunFolderReader.Read(folder).Events.OfType<WorkerEvent>().Count(e => e.What == "started"));
    }

    [Theory]
    [InlineData(Interrupt)]
    [InlineData(Terminate)]
    public async Task Interrupted_it_ends_cleanly_and_says_how_to_go_on(int signal)
    {
        var folder = place.At("run");
        using var run = Gpulab.Start("run", place.Sweep(repeats: 100), "--out", folder);
        await Workplace.Until(run, folder, 5);
        run.Signal(signal);
        var ended = await run.End();

        Assert.True(ended.Code == 130, ended.ToString());
        Assert.Contains($"gpulab run --resume {folder}", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
        Assert.Empty(Leftovers.WorkersOf(run.Pid));
        Assert.Equal(130, RunFolderReader.ReadInfo(folder).Exit);
        var kept = Workplace.Finished(folder).Count;
        Assert.InRange(kept, 5, 99);

        var resumed = await Gpulab.Run("run", "--resume", folder);
        Assert.True(resumed.Code == 0, resumed.ToString());
        Assert.Equal(100, Workplace.Finished(folder).Select(d => d.Trial).Distinct().Count());
        Assert.Equal(100, Workplace.Finished(folder).Count);
    }

    [Fact]
    public async Task Interrupted_before_the_first_trial_it_ends_with_130_all_the_same()
    {
        foreach (var delay in new[] { 0.1, 0.25, 0.35, 0.5 })
        {
            var folder = place.At(delay.ToString(CultureInfo.InvariantCulture));
            using var run = Gpulab.Start("run", place.Sweep(repeats: 100), "--out", folder);
            await Task.Delay(TimeSpan.FromSeconds(delay));
            run.Signal(Interrupt);
            var ended = await run.End();
            Assert.True(ended.Code == 130, $"after {delay} s: {ended}");
            Assert.Empty(await Leftovers.After(run.Pid));
        }
    }

    public void Dispose() => place.Dispose();
}
