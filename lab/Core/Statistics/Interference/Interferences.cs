using GpuLab.Results;

namespace GpuLab.Statistics;

/// <summary>What slices do to each other, sorted for reading. Everything in it follows from the couplings of a run.</summary>
/// <param name="Attributions">Where slowdowns come from, of the couplings for which the data say it.</param>
public sealed record Interference(IReadOnlyList<IsolationMatrix> Matrices, IReadOnlyList<ContentionCurve> Contention, IReadOnlyList<DialCurve> Dials,
    IReadOnlyList<NullCheck> Nulls, IReadOnlyList<LayoutIndex> Layouts, IReadOnlyDictionary<Coupling, IReadOnlyList<Attribution>> Attributions)
{
    public static readonly Interference None = new([], [], [], [], [], new Dictionary<Coupling, IReadOnlyList<Attribution>>());

    public static Interference Of(PlanDocument plan, IReadOnlyList<Figure> figures, IReadOnlyList<Coupling> couplings)
    {
        var byCell = figures.ToLookup(f => f.Cell);
        var causes = new Dictionary<Coupling, IReadOnlyList<Attribution>>(ReferenceEqualityComparer.Instance);
        foreach (var coupling in couplings)
        {
            if (Statistics.Attributions.Of(coupling, [.. byCell[coupling.Together.Cell]]) is { Count: > 0 } found) causes[coupling] = found;
        }
        return new(IsolationMatrices.Of(plan, couplings), ContentionCurves.Of(plan, couplings), DialCurves.Of(plan, figures, couplings),
            NullChecks.Of(plan, couplings), LayoutIndexes.Of(plan, figures, couplings), causes);
    }

    /// <summary>Checks that found something where there is nothing.</summary>
    internal IEnumerable<Finding> Findings => Nulls.Where(n => n.Alarm).Select(n => new Finding(Severity.Suspect, "null-differs", n.Second.Together.Name,
        $"The same cell measured twice, with nothing beside it, came out {n.First.Verdict} and {n.Second.Verdict}, and {n.Verdict} against each other.",
        "This machine is not quiet enough for differences of this size: distrust verdicts of this run, quiet the machine, take more repeats."));
}
