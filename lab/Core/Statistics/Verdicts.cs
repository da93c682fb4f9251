using System.Globalization;
using GpuLab.Model;

namespace GpuLab.Statistics;

/// <summary>
/// From ratios to verdicts (MEASUREMENT 2.9 and 5). One interval decides: it lies wholly outside the margin, wholly inside, or neither. Never "no difference"
/// because none was found: sameness has to be shown.
/// </summary>
/// <remarks>
/// What lies exactly at the margin is called ISOLATED or COUPLED in 2.5 % of cases each. Two one-sided tests at 5 % would call it ISOLATED in 5 %: as often as is
/// allowed at most, so that no number of runs could show that it is not more.
/// </remarks>
public static class Verdicts
{
    /// <summary>Half-width of what counts as equal, for a victim beside others and between two cells.</summary>
    public const double IsolationMargin = 0.02, ComparisonMargin = 0.01;

    /// <summary>Of the interval that decides.</summary>
    public const double Confidence = 0.95;

    const double Level = 0.05;

    /// <summary>Whether others slow a victim down.</summary>
    /// <param name="ratio">Of the victim beside others to itself alone.</param>
    /// <param name="invalid">Why one of the two figures is not valid; null where both are.</param>
    /// <param name="confidence">Of the interval; more than 95 % where the question is asked again and again.</param>
    public static Verdict Isolation(LogRatio ratio, double margin = IsolationMargin, string? invalid = null, double confidence = Confidence)
    {
        if (Refused(ratio, invalid) is { } refused) return refused;
        var interval = ratio.Interval(confidence);
        return interval switch
        {
            _ when interval.High < 1 - margin => new(VerdictKind.Coupled, $"{Change(ratio)}, all of the {Whole(confidence)} interval below −{Pretty.Percent(margin)}."),
            _ when interval.Low > 1 + margin => new(VerdictKind.Faster, $"{Change(ratio)}, all of the {Whole(confidence)} interval above +{Pretty.Percent(margin)}: look for boosted clocks or page placement."),
            _ when Inside(interval, margin) => new(VerdictKind.Isolated, $"{Change(ratio)}, all of the {Whole(confidence)} interval within ±{Pretty.Percent(margin)}."),
            _ => Undecided(ratio, interval, margin),
        };
    }

    /// <summary>Whether one cell differs from another, asked alone.</summary>
    /// <inheritdoc cref="Comparisons"/>
    public static Verdict Comparison(LogRatio ratio, double margin = ComparisonMargin, LogRatio? cycles = null, string? invalid = null) =>
        Comparisons([new(ratio, cycles, invalid)], margin)[0];

    /// <summary>
    /// Whether cells differ, asked as one family: p values of differing are corrected by Holm's method, so that a family of equal cells yields a false
    /// FASTER or SLOWER in at most 5 % of cases.
    /// </summary>
    public static IReadOnlyList<Verdict> Comparisons(IReadOnlyList<Contrast> family, double margin = ComparisonMargin)
    {
        var asked = family.Select(c => Refused(c.Ratio, c.Invalid)).ToArray();
        var indices = Enumerable.Range(0, family.Count).Where(i => asked[i] is null).ToArray();
        var adjusted = Holm.Adjust([.. indices.Select(i => family[i].Ratio.DiffersP(margin))]);
        for (var j = 0; j < indices.Length; j++) asked[indices[j]] = Of(family[indices[j]], adjusted[j], indices.Length, margin);
        return asked!;
    }

    static Verdict Of(Contrast contrast, double p, int family, double margin)
    {
        var ratio = contrast.Ratio;
        if (p <= Level)
        {
            var kind = ratio.Log > 0 ? VerdictKind.Faster : VerdictKind.Slower;
            // A difference that vanishes in cycles is one of clocks.
            if (contrast.Cycles is { } cycles && Math.Sign(cycles.Log) != Math.Sign(ratio.Log))
                return new(VerdictKind.Undecided, $"{Change(ratio)} in time, but {Change(cycles)} in cycles: the clocks differ.");
            return new(kind, string.Create(CultureInfo.InvariantCulture, $"{Change(ratio)}, by more than {Pretty.Percent(margin)} (p = {p:0.0000}, corrected for {family} {(family == 1 ? "comparison" : "comparisons")})."));
        }
        var interval = ratio.Interval(Confidence);
        return Inside(interval, margin)
            ? new(VerdictKind.Same, $"{Change(ratio)}, all of the {Whole(Confidence)} interval within ±{Pretty.Percent(margin)}.")
            : Undecided(ratio, interval, margin);
    }

    static bool Inside(Interval interval, double margin) => interval.Low > 1 - margin && interval.High < 1 + margin;

    static Verdict? Refused(LogRatio ratio, string? invalid) => ratio switch
    {
        _ when invalid is not null => new(VerdictKind.Invalid, invalid),
        { Repeats: < LogRatio.LeastRepeats } => new(VerdictKind.Undecided, string.Create(CultureInfo.InvariantCulture, $"{ratio.Repeats} repeats; a verdict needs {LogRatio.LeastRepeats}.")),
        _ when !double.IsFinite(ratio.Log) || !double.IsFinite(ratio.StandardError) => new(VerdictKind.Invalid, "A repeat has no positive median."),
        _ => null,
    };

    static Verdict Undecided(LogRatio ratio, Interval interval, double margin) => new(VerdictKind.Undecided, string.Create(CultureInfo.InvariantCulture,
        $"{Change(ratio)} [{Pretty.Percent(interval.Low - 1)}, {Pretty.Percent(interval.High - 1)}]: neither inside nor outside ±{Pretty.Percent(margin)}; {ratio.Repeats} repeats show changes from {Pretty.Percent(ratio.SmallestEffect)}{Needed(ratio, margin)}."));

    static string Needed(LogRatio ratio, double margin) =>
        ratio.RepeatsToDecide(margin) is { } repeats ? string.Create(CultureInfo.InvariantCulture, $", and about {repeats} would decide it") : ", and it lies so near the margin that more would hardly decide it";

    static string Whole(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");

    static string Change(LogRatio ratio) => $"{(ratio.Ratio >= 1 ? "+" : "−")}{Pretty.Percent(Math.Abs(ratio.Ratio - 1))}";
}

/// <summary>One question of a family.</summary>
/// <param name="Cycles">The same ratio in clock cycles; null where clocks are not known.</param>
/// <param name="Invalid">Why one of the two cells is not valid; null where both are.</param>
public sealed record Contrast(LogRatio Ratio, LogRatio? Cycles = null, string? Invalid = null);
