using System.Globalization;
using GpuLab.Model;
using GpuLab.Reports.Html;
using GpuLab.Statistics;

namespace GpuLab.Reports.Comparison;

/// <summary>Three sentences: what is compared, what stands out, what not to trust.</summary>
public static class Sentences
{
    public static IReadOnlyList<string> Of(RunComparison c) => [.. new[] { Compared(c), Outstanding(c), Doubts(c) }.Select(Parts.Prose)];

    static string Compared(RunComparison c)
    {
        var what = c.By == "run"
            ? c.Subject switch
            {
                "device" => $"{Listed(c.Runs.Select((r, i) => $"{r.Label} ({c.Devices[i]})"))} are compared as devices",
                "program" => $"{Listed(c.Runs.Select(r => r.Label))} are runs of different versions of the program on {c.Runs[0].Run.Info.DeviceName}",
                _ => $"{Listed(c.Runs.Select(r => r.Label))} are runs on {c.Runs[0].Run.Info.DeviceName} at different times",
            }
            : $"The values {Listed(c.Columns)} of {c.By} are compared";
        var alone = c.Alone.Sum();
        return $"{what}, in {Count(c.Cells.Count, "cell")} that they have in common{(alone > 0 ? $"; {Count(alone, "other cell")} {(alone == 1 ? "has" : "have")} no counterpart" : "")}.";
    }

    static string Outstanding(RunComparison c)
    {
        var decided = c.Outcomes.Where(o => o.Outcome.Verdict.Kind is VerdictKind.Slower or VerdictKind.Faster or VerdictKind.Same).ToList();
        if (!c.Outcomes.Any()) return $"No cell of {c.Columns[0]}, which the others are held against, has a counterpart.";
        if (decided.Count == 0) return "No difference and no sameness is shown: " + (c.Outcomes.Any(o => o.Outcome.Ratio.Repeats < LogRatio.LeastRepeats) ? $"verdicts need {LogRatio.LeastRepeats} repeats on either side." : "the runs are too noisy for the number of repeats.");
        int Kind(VerdictKind kind) => decided.Count(o => o.Outcome.Verdict.Kind == kind);
        var counts = $"{Kind(VerdictKind.Faster)} faster, {Kind(VerdictKind.Slower)} slower and {Kind(VerdictKind.Same)} the same";
        var (worst, best) = (decided[0], decided[^1]);
        string Told((ComparedCell Cell, int Column, Outcome Outcome) o) => $"{c.Columns[o.Column]} reaches {Pretty.Digits(o.Outcome.Ratio.Ratio)} times {c.Columns[0]} in {o.Cell.Key}";
        return decided.Count == 1 ? $"Of the cells with a verdict {counts}: {Told(worst)}." : $"Of the cells with a verdict {counts}. At the low end {Told(worst)}; at the high end {Told(best)}.";
    }

    static string Doubts(RunComparison c)
    {
        var (undecided, invalid) = (c.Outcomes.Count(o => o.Outcome.Verdict.Kind == VerdictKind.Undecided), c.Invalid.Count());
        var parts = new List<string>();
        if (c.Objections.Count > 0) parts.Add($"{Count(c.Objections.Count, "reason")} why this compares unlike things {(c.Objections.Count == 1 ? "was" : "were")} set aside");
        if (invalid > 0) parts.Add($"{Count(invalid, "cell")} {(invalid == 1 ? "rests" : "rest")} on a figure that is not valid");
        if (undecided > 0) parts.Add($"{Count(undecided, "cell")} {(undecided == 1 ? "is" : "are")} undecided");
        var besides = c.Differences.Count(d => !d.Expected);
        if (besides > 0) parts.Add($"{Count(besides, "thing")} {(besides == 1 ? "differs" : "differ")} besides what is compared");
        var text = parts.Count == 0 ? "Every cell has a verdict, and nothing differs besides what is compared." : Listed(parts) + ".";
        return (c.Simulated ? "Figures of simulated devices are predictions of a model. " : "") + char.ToUpperInvariant(text[0]) + text[1..];
    }

    /// <summary>What differs although it is not what is compared.</summary>
    public static string Besides(RunComparison c)
    {
        var besides = c.Differences.Where(d => !d.Expected).Select(d => d.Section == "run" ? d.Name : $"{d.Section}: {d.Name.Split(" (")[0]}").Distinct().ToList();
        return besides.Count == 0 ? $"Nothing differs besides the {c.Subject}." : $"Besides the {c.Subject} these differ, and each may be the reason for what is seen: {string.Join(", ", besides.Take(12))}{(besides.Count > 12 ? " …" : "")}.";
    }

    static string Count(int n, string noun) => string.Create(CultureInfo.InvariantCulture, $"{n:N0} {noun}{(n == 1 ? "" : "s")}");

    static string Listed(IEnumerable<string> items) => items.ToList() is var all && all.Count < 2 ? string.Concat(all) : $"{string.Join(", ", all.SkipLast(1).Take(8))} and {all[^1]}";
}
