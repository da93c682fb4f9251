using GpuLab.Model;
using GpuLab.Reports.Plots;
using GpuLab.Results;

namespace GpuLab.Reports.Html;

/// <summary>One concurrent trial on its common clock: who worked when, the window that counts, and what was measured in it.</summary>
static class TimelineSection
{
    public static Section? Of(ReportModel model)
    {
        var run = model.Analysis.Run;
        var windows = run.Events.OfType<TrialWindow>().Where(w => w.Phase == Phase.Together && w.Busy.Count > 1 && !w.Interleaved).ToList();
        if (windows.Count == 0) return null;
        var withSamples = run.Samples.Select(s => s.Trial).ToHashSet(StringComparer.Ordinal);
        if (windows.FirstOrDefault(w => withSamples.Contains(w.Trial)) is not { } window) return null;
        return new("timeline", "A concurrent trial over time", Trial(model, window, [.. run.Samples.Where(s => s.Trial == window.Trial)], windows));
    }

    static Html Trial(ReportModel model, TrialWindow window, IReadOnlyList<SampleRow> samples, List<TrialWindow> windows)
    {
        var origin = Math.Min(window.StartNs, samples.Min(s => s.StartNs));
        double At(long ns) => (double)((ns - origin) / 1e9m);
        var end = Math.Max(At(window.EndNs), samples.Max(s => At(s.EndNs)));
        var cell = model.CellOf(window.Trial);
        var layout = cell?.Layout ?? "";
        List<string> slices = [.. samples.Select(s => s.Slice).Distinct().Order(StringComparer.Ordinal)];
        var lowest = Math.Max(0, windows.Min(w => w.Busy.Values.Min()));

        var strips = new List<Mark> { new Window("common window", At(window.StartNs), At(window.EndNs)) };
        foreach (var kind in samples.GroupBy(s => Kind(s.Phase)).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var work = kind.Select(s => new Strip(At(s.StartNs), At(s.EndNs), slices.IndexOf(s.Slice), model.Slice(layout, s.Slice)));
            strips.Add(new Strips(new(-1, kind.Key), Strips.Joined(work, end / 1500)) { Pale = kind.Key != "together" });
        }
        var strip = new Plot($"Trial {window.Trial}: who worked when", new Linear("time", "s", 0, end), new Band("slice", slices), strips) { Simulated = model.Simulated, Description = "One row a slice; the marked stretch is the common window." };

        var first = samples[0].Metric;
        var metric = model.Analysis.Figures.Select(f => f.Metric).FirstOrDefault(m => m.Name == first && (cell is null || m.Id.StartsWith(cell.Probe + "/", StringComparison.Ordinal)));
        var lines = samples.Where(s => s.Metric == first && s.Phase != Phase.Warmup).GroupBy(s => (s.Slice, s.Phase)).OrderBy(g => slices.IndexOf(g.Key.Slice)).ThenBy(g => g.Key.Phase)
            .Select(g => (Mark)new Line(model.Slice(layout, g.Key.Slice), [.. g.OrderBy(s => s.StartNs).Select(s => new XY(At(s.StartNs), s.Value))])).ToList();
        var values = new Plot($"Trial {window.Trial}: every sample", new Linear("time", "s", 0, end), new Linear(first, metric?.Unit ?? ""), [new Window("common window", At(window.StartNs), At(window.EndNs)), .. lines])
        { Simulated = model.Simulated, Aspect = 0.36, Description = "Each sample's value at the time it started, one line a slice." };

        var busy = string.Join(", ", window.Busy.Select(b => $"{b.Key} {Pretty.Percent(b.Value)}"));
        return Html.Of($"""
            {Parts.Plot(model, strip, $"{Doing(cell, slices)} on {layout}. The slices shared a window of {Pretty.Time((window.EndNs - window.StartNs) * 1e-9)}, started {Pretty.Time(window.SkewNs * 1e-9)} apart and were busy in it: {busy}. Over all {windows.Count} concurrent trials the least busy slice was busy for {Pretty.Percent(lowest)} of its window.")}
            {Parts.Plot(model, values, "Only samples that lie wholly inside the window count as taken together.")}
            {TelemetrySection.During(model, window.Trial, At, end, new("common window", At(window.StartNs), At(window.EndNs))).Select(p => Parts.Plot(model, p, "As the device said while the slices worked."))}
            """);
    }

    /// <summary>One probe, or what each slice did where that differs.</summary>
    static string Doing(CellDocument? cell, IReadOnlyList<string> slices)
    {
        var works = slices.Select(s => (Slice: s, cell?.Works?.FirstOrDefault(w => w.Slice == s)?.Probe)).Where(w => w.Probe is not null).ToList();
        return works.DistinctBy(w => w.Probe).Count() > 1 ? string.Join(", ", works.Select(w => $"{w.Probe} on {w.Slice}")) + "," : cell?.Probe ?? "";
    }

    static string Kind(Phase phase) => phase switch { Phase.Together => "together", Phase.Warmup => "warm-up", _ => "alone" };
}
