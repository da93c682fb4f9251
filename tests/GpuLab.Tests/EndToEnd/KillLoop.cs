using System.Diagnostics;
using System.Globalization;
using GpuLab.Results;

namespace GpuLab.Tests.EndToEnd;

/// <summary>
/// Starts a run, kills its coordinator at a random moment, resumes it, kills it again, until so many kills have hit; what
/// must hold after a kill is checked after each, what must hold of a whole run at the end of each.
/// </summary>
/// <param name="program">What starts the program.</param>
/// <param name="say">Told about each run that ended.</param>
sealed class KillLoop(IReadOnlyList<string> program, int seed, Workplace place, Action<string> say)
{
    /// <summary>Trials of one run: enough for about ten kills before it is done.</summary>
    const int Trials = 300;

    /// <summary>Latest moment of a kill, seconds.</summary>
    const double Latest = 0.6;

    readonly Random random = new(seed);
    int runs;

    /// <summary>Kills that hit while the program started, measured, and after its last trial.</summary>
    public int Early { get; private set; }

    public int Between { get; private set; }

    public int Late { get; private set; }

    public int Kills => Early + Between + Late;

    /// <exception cref="Xunit.Sdk.XunitException">A trial was lost or repeated, something was left behind, or the files disagree.</exception>
    public async Task Kill(int times)
    {
        var sweep = place.Sweep(Trials);
        while (Kills < times)
        {
            var folder = place.At($"run-{++runs}");
            var before = Kills;
            while (Kills < times && await Hit(sweep, folder))
            {
            }
            await Finish(sweep, folder, Kills - before);
        }
    }

    /// <summary>One start and one kill.</summary>
    /// <returns>False once all trials are done.</returns>
    async Task<bool> Hit(string sweep, string folder)
    {
        var before = Snapshot.Of(folder);
        using var run = Gpulab.Launch([.. program, .. Arguments(sweep, folder)]);
        // A third anywhere in the start; the others once this process has finished a trial, however slow the machine is.
        if (random.Next(3) > 0)
        {
            while (run.Running && Workplace.Finished(folder).Count == before.Trials.Count) await Task.Delay(10);
        }
        await Task.Delay(TimeSpan.FromSeconds(random.NextDouble() * Latest));
        var hit = run.Running;
        if (hit) run.Signal(9);
        var ended = await run.End();
        if (!hit)
        {
            Assert.True(ended.Code == 0, ended.ToString());
            return false;
        }
        Assert.True(ended.Code is 137 or 0, $"seed {seed}, kill {Kills + 1}: {ended}");
        if (ended.Code == 0) return false;
        var left = await Leftovers.After(run.Pid);
        Assert.True(left.Count == 0, $"seed {seed}, kill {Kills + 1} left workers {string.Join(' ', left)} behind");
        var after = Snapshot.Of(folder);
        before.MustBeginLike(after, $"seed {seed}, kill {Kills + 1}");
        if (after.Trials.Count == Trials) Late++;
        else if (after.Trials.Count == before.Trials.Count) Early++;
        else Between++;
        return after.Trials.Count < Trials;
    }

    async Task Finish(string sweep, string folder, int kills)
    {
        var before = Snapshot.Of(folder);
        var clock = Stopwatch.StartNew();
        var ended = await Gpulab.Execute([.. program, .. Arguments(sweep, folder)]);
        Assert.True(ended.Code == 0, ended.ToString());
        before.MustBeginLike(Snapshot.Of(folder), $"seed {seed}, the last resume");
        Whole(folder);
        Assert.Empty(Leftovers.SharedMemory());
        say(string.Create(CultureInfo.InvariantCulture, $"run {runs}: {kills} kills, {before.Trials.Count} of {Trials} trials kept, finished in {clock.Elapsed.TotalSeconds:0.0} s"));
    }

    /// <summary>A kill before run.json was there leaves a folder in which the run is started anew.</summary>
    static string[] Arguments(string sweep, string folder) =>
        File.Exists(Path.Combine(folder, RunFiles.Run)) ? ["run", "--resume", folder] : ["run", sweep, "--out", folder];

    /// <summary>Every trial once, its rows where its record says, and a report.</summary>
    static void Whole(string folder)
    {
        var run = RunFolderReader.Read(folder);
        var done = run.Events.OfType<TrialDone>().ToList();
        Assert.Equal(run.Plan.Trials, done.Select(d => d.Trial));
        Assert.Equal(Trials, done.Count);
        Assert.All(done, d => Assert.Equal("ok", d.Status));
        Assert.Equal(0, run.Info.Exit);
        Assert.True(File.Exists(Path.Combine(folder, "report.html")));
        Assert.False(Directory.Exists(Path.Combine(folder, RunFiles.Scratch)));
        Rows(folder, done);
        foreach (var trial in run.Samples.GroupBy(s => s.Trial))
        {
            foreach (var phase in trial.GroupBy(s => s.Phase)) Assert.Equal(Enumerable.Range(0, phase.Count()).Select(i => (long)i), phase.Select(s => s.Index));
        }
    }

    /// <summary>Between two recorded lengths lie whole rows of the trial that was recorded, and of no other.</summary>
    static void Rows(string folder, IReadOnlyList<TrialDone> done)
    {
        var text = File.ReadAllText(Path.Combine(folder, RunFiles.Samples));
        var start = text.IndexOf('\n', StringComparison.Ordinal) + 1;
        foreach (var trial in done)
        {
            var rows = text[start..(int)trial.SamplesLength];
            Assert.NotEmpty(rows);
            Assert.EndsWith("\n", rows, StringComparison.Ordinal);
            Assert.All(rows.TrimEnd('\n').Split('\n'), row => Assert.StartsWith(trial.Trial + ",", row, StringComparison.Ordinal));
            start = (int)trial.SamplesLength;
        }
        Assert.Equal(text.Length, start);
    }

    /// <summary>What counts as finished at one moment.</summary>
    sealed record Snapshot(IReadOnlyList<string> Trials, byte[] Samples)
    {
        public static Snapshot Of(string folder)
        {
            var done = Workplace.Finished(folder);
            if (done.Count == 0) return new([], []);
            var samples = File.ReadAllBytes(Path.Combine(folder, RunFiles.Samples));
            Assert.True(samples.Length >= done[^1].SamplesLength, "trial-done was written before its samples");
            return new([.. done.Select(d => d.Trial)], samples[..(int)done[^1].SamplesLength]);
        }

        /// <summary>What was finished stays finished, byte by byte.</summary>
        public void MustBeginLike(Snapshot later, string when)
        {
            Assert.True(later.Trials.Take(Trials.Count).SequenceEqual(Trials), $"{when}: a finished trial is gone");
            Assert.True(later.Trials.Distinct().Count() == later.Trials.Count, $"{when}: a finished trial was repeated");
            Assert.True(later.Samples.AsSpan().StartsWith(Samples), $"{when}: samples of finished trials have changed");
        }
    }
}
