using GpuLab.Results;
using GpuLab.Sweeps;

namespace GpuLab.Statistics;

/// <summary>What working together does to one slice's figure: the ratio of together to alone, repeat by repeat (A–B–A), and its verdict.</summary>
public sealed record Coupling(Figure Alone, Figure Together, LogRatio Ratio, Verdict Verdict);

/// <summary>Pairs the figures of a run that were measured alone and together in the same trials.</summary>
public static class Couplings
{
    /// <summary>Main metrics only, in the order of the figures.</summary>
    /// <param name="figures">Where the slices never worked together, the figure of together has no samples: the pair is INVALID, not missing. So it is where they may have taken turns in every repeat.</param>
    public static IReadOnlyList<Coupling> Of(IReadOnlyList<Figure> figures)
    {
        var alone = figures.Where(f => f.Phase == Phase.Solo).ToDictionary(f => (f.Cell, f.Slice, f.Metric.Id));
        return
        [
            .. figures.Where(f => f.Phase.HasOthers() && f.Role == Role.Victim && f.Metric == f.Probe.Main && alone.ContainsKey((f.Cell, f.Slice, f.Metric.Id)))
                .GroupBy(f => (f.Cell, f.Slice, f.Metric.Id)).Select(g => Of(alone[g.Key], g.MinBy(f => f.Phase)!)),
        ];
    }

    static Coupling Of(Figure alone, Figure together)
    {
        var medians = alone.RepeatNumbers.Zip(alone.RepeatMedians).ToDictionary(r => r.First, r => r.Second);
        var pairs = together.RepeatNumbers.Zip(together.RepeatMedians).Where(r => medians.ContainsKey(r.First)).ToList();
        var ratio = LogRatio.Paired([.. pairs.Select(p => medians[p.First])], [.. pairs.Select(p => p.Second)], together.Metric.Better);
        return new(alone, together, ratio, Verdicts.Isolation(ratio, invalid: Invalid(alone, together)));
    }

    static string? Invalid(Figure alone, Figure together)
    {
        if (together.Phase == Phase.Interleaved) return $"{together.Name}: the slices may have taken turns, so this is not what one does to another.";
        var invalid = together.Worst == Severity.Invalid ? together : alone.Worst == Severity.Invalid ? alone : null;
        return invalid is null ? null : $"{invalid.Name} is not valid: {string.Join(", ", invalid.Flags)}.";
    }
}
