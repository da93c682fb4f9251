using GpuLab.Results;

namespace GpuLab.Statistics;

/// <summary>What slices do to each other, sorted for reading. Everything in it follows from the couplings of a run.</summary>
/// <param name="Attributions">Where slowdowns come from, of the couplings for which the data say it.</param>
public sealed record Interference(IReadOnlyList<IsolationMatrix> Matrices, IReadOnlyList<ContentionCurve> Contention, IReadOnlyList<DialCurve> Dials,
    IReadOnlyList<NullCheck> Nulls, IReadOnlyList<LayoutIndex> Layouts, IReadOnlyDictionary<Coupling, IReadOnlyList<Attribution>> Attributions)
{
    /// <summary>What would decide the undecided; null where there is nothing undecided.</summary>
    public TimeToDecide? Missing { get; private init; }

    public static readonly Interference None = new([], [], [], [], [], new Dictionary<Coupling, IReadOnlyList<Attribution>>());

    public static Interference Of(RunData run, IReadOnlyList<Figure> figures, IReadOnlyList<Coupling> couplings)
    {
        var plan = run.Plan;
        var causes = Causes(run, figures, couplings);
        return new(IsolationMatrices.Of(plan, couplings), ContentionCurves.Of(plan, couplings), DialCurves.Of(plan, figures, couplings),
            NullChecks.Of(plan, couplings), LayoutIndexes.Of(plan, figures, couplings), causes)
        {
            Missing = TimeToDecide.Of(run, couplings),
        };
    }

    static Dictionary<Coupling, IReadOnlyList<Attribution>> Causes(RunData run, IReadOnlyList<Figure> figures, IReadOnlyList<Coupling> couplings)
    {
        var byCell = figures.ToLookup(f => f.Cell);
        var clocks = run.Events.OfType<TrialClocks>().ToLookup(c => CellEvidences.TrialId(c.Trial)?.Cell ?? -1);
        var cpus = run.Plan.Layouts.SelectMany(l => l.Slices, (l, s) => (l.Layout, s)).DistinctBy(s => (s.Layout, s.s.Name)).ToDictionary(s => (s.Layout, s.s.Name), s => s.s.Cpus);
        var causes = new Dictionary<Coupling, IReadOnlyList<Attribution>>(ReferenceEqualityComparer.Instance);
        foreach (var coupling in couplings)
        {
            var together = coupling.Together;
            string[] scopes = ["device", .. cpus.GetValueOrDefault((together.Layout, together.Slice), []).Select(c => $"cpu{c}")];
            var found = Statistics.Attributions.Of(coupling, [.. byCell[together.Cell]], ClockFall.Of(clocks[together.Cell], together.Slice, scopes));
            if (found.Count > 0) causes[coupling] = found;
        }
        return causes;
    }

    /// <summary>Checks that found something where there is nothing, and what is undecided.</summary>
    internal IEnumerable<Finding> Findings => [.. Alarms, .. Missing is { } missing ? [missing.Finding] : Array.Empty<Finding>()];

    IEnumerable<Finding> Alarms => Nulls.Where(n => n.Alarm).Select(n => new Finding(Severity.Suspect, "null-differs", n.Second.Together.Name,
        $"The same cell measured twice, with nothing beside it, came out {n.First.Verdict} and {n.Second.Verdict}, and {n.Verdict} against each other.",
        "This machine is not quiet enough for differences of this size: distrust verdicts of this run, quiet the machine, take more repeats."));
}
