using GpuLab.Model;
using GpuLab.Results;

namespace GpuLab.Statistics;

/// <summary>Where a slowdown comes from.</summary>
public enum Cause { Clock, Share, Queueing }

/// <summary>A cause that the data of a run show.</summary>
/// <param name="Part">Of the logarithm of the slowdown: 1 explains all of it.</param>
/// <param name="Reason">One sentence for the reader.</param>
public sealed record Attribution(Cause Cause, double Part, string Reason);

/// <summary>
/// Attributes a coupling to a lower clock, to the sharing of a rate that is used up, or to waiting. Says nothing where the data do not.
/// </summary>
public static class Attributions
{
    /// <summary>
    /// Rates that together reach about the best solo rate use up what they share. Where together they reach more, one alone does not use it up, and the data do
    /// not say where the limit is.
    /// </summary>
    const double UsedUp = 0.9, NotMore = 1.1;

    /// <param name="cell">All figures of the coupling's cell.</param>
    /// <param name="fallen">Logarithm of the fall of the slice's clock; null where it was not read or did not fall.</param>
    public static IReadOnlyList<Attribution> Of(Coupling coupling, IReadOnlyList<Figure> cell, double? fallen)
    {
        if (coupling.Verdict.Kind != VerdictKind.Coupled) return [];
        var lost = -coupling.Ratio.Log;
        var found = new List<Attribution>();
        if (fallen is { } clock) found.Add(new(Cause.Clock, clock / lost, $"The clock fell to {Pretty.Percent(Math.Exp(-clock))}, which explains {Part(clock / lost)} of the slowdown."));
        var left = 1 - found.Sum(a => a.Part);
        if (left <= 0.1) return found;
        if (Shared(coupling, cell) is { } shared) found.Add(new(Cause.Share, left, shared));
        else if (coupling.Together.Metric is { Better: Better.Lower, Unit: "s" })
            found.Add(new(Cause.Queueing, left, $"Each takes {Pretty.Time(coupling.Together.Median - coupling.Alone.Median)} longer: it waits behind others."));
        return found;
    }

    static string? Shared(Coupling coupling, IReadOnlyList<Figure> cell)
    {
        if (coupling.Together.Metric.Unit != "B/s") return null;
        var together = cell.Where(f => f.Phase == Phase.Together && f.Metric == f.Probe.Main && f.Metric.Unit == "B/s" && f.Probe.Resource == coupling.Together.Probe.Resource).ToList();
        if (together.Count < 2) return null;
        var sum = together.Sum(f => f.Proof is { Rate: > 0 } proof ? proof.Rate : f.Median);
        var best = cell.Where(f => f.Phase == Phase.Solo && f.Metric == f.Probe.Main && f.Metric.Unit == "B/s").Max(f => f.Median);
        var share = sum / best;
        return share is < UsedUp or > NotMore ? null
            : $"All together move {Pretty.Value(sum, "B/s")}, {Part(share)} of what one reaches alone: they share a rate that is used up.";
    }

    static string Part(double share) => Pretty.Percent(Math.Min(share, 9.99));
}
