using System.Globalization;
using GpuLab.Model;
using GpuLab.Statistics;
using GpuLab.Sweeps;

namespace GpuLab.Cli;

/// <summary>Says before a run what it will be able to tell.</summary>
static class EffectView
{
    /// <summary>One sentence for each level of noise; none where nothing gets a verdict.</summary>
    public static IEnumerable<string> Sentences(Plan plan, ExpectedNoise noise, bool untilDecided)
    {
        var judged = plan.Trials.Where(t => t.Cell.Mode != Mode.Solo).ToList();
        if (judged.Count == 0) yield break;
        var repeats = judged.Max(t => t.Repeat);
        if (repeats < LogRatio.LeastRepeats)
        {
            yield return Text($"verdicts need {LogRatio.LeastRepeats} repeats: with {repeats}, every one will be UNDECIDED. Set repeats: {LogRatio.LeastRepeats} or more");
            yield break;
        }
        var probes = judged.SelectMany(t => t.Cell.Works.Count == 0 ? [t.Cell.Probe] : t.Cell.Works.Where(w => w.Role == Role.Victim).Select(w => w.Probe)).Distinct();
        foreach (var level in probes.GroupBy(p => (Noise: noise.Of(p), Known: noise.Knows(p))).OrderBy(g => g.Key.Noise))
        {
            var first = level.First();
            var isolation = noise.RepeatsForIsolation(first);
            var more = isolation > repeats ? Text($"; ISOLATED (±{Pretty.Percent(Verdicts.IsolationMargin)}) would take about {isolation}") : "";
            yield return Text($"{string.Join(", ", level.Select(p => p.Id))}: {repeats} repeats show changes from {Pretty.Percent(noise.SmallestEffect(first, repeats))}, where they differ by {Pretty.Percent(level.Key.Noise)} ({(level.Key.Known ? noise.Source : "assumed")}){more}");
        }
        if (untilDecided) yield return repeats > LogRatio.LeastRepeats
            ? Text($"a cell ends before repeat {repeats} once its verdicts are certain, after {LogRatio.LeastRepeats} at the earliest")
            : Text($"--until-decided saves nothing here: a verdict needs {LogRatio.LeastRepeats} repeats, and there are no more. Set repeats to the most that you would wait for, such as 30");
    }

    static string Text(ref System.Runtime.CompilerServices.DefaultInterpolatedStringHandler text) => string.Create(CultureInfo.InvariantCulture, ref text);
}
