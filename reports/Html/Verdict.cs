using System.Globalization;
using GpuLab.Model;
using GpuLab.Statistics;

namespace GpuLab.Reports.Html;

/// <summary>Three sentences: what was measured on what, what stands out, what not to trust.</summary>
static class Verdict
{
    public static IReadOnlyList<string> Of(ReportModel model) => [.. new[] { Measured(model), Outstanding(model), Doubts(model) }.Select(Parts.Prose)];

    static string Measured(ReportModel m)
    {
        var figures = m.Analysis.Figures;
        var probes = figures.Select(f => f.Probe.Id).Distinct().ToList();
        var layouts = m.Analysis.Run.Plan.Layouts.Select(l => l.Layout).ToList();
        var took = m.Info.End is { } end ? $" in {Pretty.Time((end - m.Info.Start).TotalSeconds)}" : "; the run has not ended";
        return $"{Listed(probes)} {(probes.Count == 1 ? "was" : "were")} {(m.Simulated ? "predicted" : "measured")} on {m.Info.DeviceName} cut as {Listed(layouts)}: {Count(figures.Count, "figure")} from {Count(figures.Sum(f => (long)f.Samples), "sample")}{took}.";
    }

    static string Outstanding(ReportModel m)
    {
        if (InMatrix(m) is { } sentence) return sentence;
        if (Pair.Of(m.Main).Where(p => double.IsFinite(p.Kept)).MinBy(p => p.Kept) is { } worst)
        {
            var what = $"{ReportModel.Title(worst.Together.Probe, worst.Together.Parameters)} on {worst.Together.Slice} of {worst.Together.Layout}";
            return worst.Interval.High < 1
                ? $"Slices disturb each other most in {what}, which keeps {Pretty.Percent(worst.Kept)} of its solo performance while the others work."
                : $"No slice is shown to lose performance beside busy neighbours; the lowest is {what}, which keeps {Pretty.Percent(worst.Kept)}, with an interval that includes all of it.";
        }
        if (m.Main.Where(f => f.Ceiling is not null).MinBy(f => f.Ceiling!.Value.Share) is { Ceiling: { } c } low)
        {
            return $"Furthest from its ceiling is {ReportModel.Title(low.Probe, low.Parameters)} on {low.Slice}: {Pretty.Percent(c.Share)} of {Pretty.Value(c.Value, low.Metric.Unit)}.";
        }
        return m.Main.MaxBy(f => f.Spread) is { } noisy
            ? $"The largest spread is that of {ReportModel.Title(noisy.Probe, noisy.Parameters)} on {noisy.Slice}: {Pretty.Percent(noisy.Spread)} of its median, {Pretty.Value(noisy.Median, noisy.Metric.Unit)}."
            : NullRate.Of(m.Analysis.Interference.Nulls) is { } rate ? $"Of {Count(rate.Comparisons, "comparison")} of something with itself {rate.Alarms} came out different."
            : "There is no finished figure yet.";
    }

    /// <summary>What an isolation matrix shows; null where there is none.</summary>
    static string? InMatrix(ReportModel m)
    {
        List<Coupling> cells = [.. m.Analysis.Interference.Matrices.SelectMany(x => x.Cells).SelectMany(row => row).OfType<Coupling>()];
        if (cells.Count == 0) return null;
        List<Coupling> coupled = [.. cells.Where(c => c.Verdict.Kind == VerdictKind.Coupled)];
        if (coupled.MinBy(c => c.Ratio.Ratio) is not { Together: var worst, Ratio: var ratio })
            return $"None of {Count(cells.Count, "pair")} of victim and aggressor is shown to be coupled; {cells.Count(c => c.Verdict.Kind == VerdictKind.Isolated)} are shown to be isolated.";
        return $"{coupled.Count} of {Count(cells.Count, "pair")} of victim and aggressor {(coupled.Count == 1 ? "is" : "are")} coupled, most of all {ReportModel.Title(worst.Probe, worst.Parameters)} on {worst.Slice}, which loses {Pretty.Percent(1 - ratio.Ratio)} beside {worst.Beside}; {cells.Count(c => c.Verdict.Kind == VerdictKind.Isolated)} are shown to be isolated.";
    }

    static string Doubts(ReportModel m)
    {
        var flagged = m.Analysis.Figures.Count(f => f.Flags.Count > 0);
        var causes = FindingGroup.Of(m.Analysis.Findings);
        var invalid = causes.Count(f => f.Severity == Severity.Invalid);
        var suspect = causes.Count(f => f.Severity == Severity.Suspect);
        var predicted = m.Simulated ? "Do not take any figure here for a measurement: all are predictions of a model; " : "";
        var rest = new List<string>();
        if (invalid > 0) rest.Add($"{Count(invalid, "finding")} {(invalid == 1 ? "makes" : "make")} figures invalid");
        if (suspect > 0) rest.Add($"{Count(suspect, "finding")} {(suspect == 1 ? "makes" : "make")} figures suspect");
        if (flagged > 0) rest.Add($"{flagged} of {Count(m.Analysis.Figures.Count, "figure")} {(flagged == 1 ? "carries" : "carry")} a flag");
        var doubts = (rest.Count == 0 ? "no check raised a doubt about any figure" : Listed(rest)) + ".";
        return predicted.Length > 0 ? predicted + doubts : char.ToUpperInvariant(doubts[0]) + doubts[1..];
    }

    internal static string Count(long n, string noun) => string.Create(CultureInfo.InvariantCulture, $"{n:N0} {noun}{(n == 1 ? "" : "s")}");

    static string Listed(List<string> items) => items.Count switch
    {
        0 => "nothing",
        1 => items[0],
        <= 4 => $"{string.Join(", ", items.SkipLast(1))} and {items[^1]}",
        _ => $"{string.Join(", ", items.Take(3))} and {Count(items.Count - 3, "other")}",
    };
}
