using GpuLab.Results;

namespace GpuLab.Statistics;

/// <summary>The same cell twice: what the lab finds where there is nothing to find.</summary>
/// <param name="First">One slice before, while and after nothing else happened.</param>
/// <param name="Ratio">Of the second cell to the first, both alone.</param>
/// <param name="Verdict">Must be SAME; corrected for the number of checks in the run.</param>
/// <param name="Asked">The same asked as if it were the only check: what a rate of false alarms is counted from.</param>
public sealed record NullCheck(Coupling First, Coupling Second, LogRatio Ratio, Verdict Verdict, Verdict Asked)
{
    /// <summary>Three comparisons of something with itself: each cell's together with its alone, and the two cells.</summary>
    public IEnumerable<Verdict> Comparisons => [First.Verdict, Second.Verdict, Asked];

    /// <summary>Whether something was found.</summary>
    public bool Alarm => Verdict.Kind is VerdictKind.Faster or VerdictKind.Slower || IsAlarm(First) || IsAlarm(Second);

    static bool IsAlarm(Coupling coupling) => coupling.Verdict.Kind is VerdictKind.Coupled or VerdictKind.Faster;
}

/// <summary>How often a run found a difference where there is none.</summary>
/// <param name="Comparisons">That could be judged.</param>
/// <param name="Alarms">Called FASTER, SLOWER or COUPLED.</param>
public sealed record NullRate(int Comparisons, int Alarms, int Undecided)
{
    public double Share => (double)Alarms / Comparisons;

    /// <summary>Null where nothing could be judged.</summary>
    public static NullRate? Of(IEnumerable<NullCheck> checks)
    {
        var kinds = checks.SelectMany(c => c.Comparisons).Select(v => v.Kind).Where(k => k != VerdictKind.Invalid).ToList();
        return kinds.Count == 0 ? null : new(kinds.Count, kinds.Count(k => k is VerdictKind.Faster or VerdictKind.Slower or VerdictKind.Coupled), kinds.Count(k => k == VerdictKind.Undecided));
    }
}

/// <summary>Pairs the twins of mode null.</summary>
static class NullChecks
{
    public static IReadOnlyList<NullCheck> Of(PlanDocument plan, IReadOnlyList<Coupling> couplings)
    {
        var twins = plan.Cells.Where(c => c.Mode == "null").ToDictionary(c => c.Number, c => c.Twin);
        var pairs = couplings.Where(c => twins.ContainsKey(c.Together.Cell))
            .GroupBy(c => (c.Together.Layout, c.Together.Slice, c.Together.Metric, c.Together.Parameters))
            .Select(g => (First: g.FirstOrDefault(c => twins[c.Together.Cell] == 1), Second: g.FirstOrDefault(c => twins[c.Together.Cell] == 2)))
            .Where(p => p.First is not null && p.Second is not null).ToList();
        var contrasts = pairs.Select(p => new Contrast(Paired(p.First!.Alone, p.Second!.Alone), Invalid: Invalid(p.First) ?? Invalid(p.Second))).ToList();
        // One family: a run with many checks must not raise an alarm more often than one with few.
        var verdicts = Verdicts.Comparisons(contrasts);
        return [.. pairs.Select((p, i) => new NullCheck(p.First!, p.Second!, contrasts[i].Ratio, verdicts[i], Verdicts.Comparisons([contrasts[i]])[0]))];
    }

    static LogRatio Paired(Figure first, Figure second)
    {
        var medians = first.RepeatNumbers.Zip(first.RepeatMedians).ToDictionary(r => r.First, r => r.Second);
        var pairs = second.RepeatNumbers.Zip(second.RepeatMedians).Where(r => medians.ContainsKey(r.First)).ToList();
        return LogRatio.Paired([.. pairs.Select(p => medians[p.First])], [.. pairs.Select(p => p.Second)], first.Metric.Better);
    }

    static string? Invalid(Coupling coupling) => coupling.Verdict.Kind == VerdictKind.Invalid ? coupling.Verdict.Reason : null;
}
