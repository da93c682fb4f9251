namespace GpuLab.Control.Mig;

/// <summary>What lies between states of a GPU, counted without asking it: instances that go and instances that come.</summary>
/// <param name="seconds">Estimated time of some steps.</param>
sealed class MigOrder(Func<IReadOnlyList<MigStep>, double> seconds)
{
    /// <summary>A mode change costs more than any number of instances, so a sweep makes as few as it can.</summary>
    const int Mode = 1_000_000;

    /// <summary>GPU instances first; cutting one that stays into other compute instances is little beside.</summary>
    const int Instance = 100;

    /// <param name="found">What is there now, and again at the end.</param>
    /// <param name="from">What is there by then, where that is one of the states.</param>
    public IReadOnlyList<PlannedCut> Of(MigSnapshot found, IReadOnlyList<MigState> states, ulong seed, bool anew, int? from)
    {
        var start = new MigState(found.Mode.Current, [.. found.Instances.Select(i => new MigWanted(i.ProfileId, i.Place, [.. i.Computes.Select(c => new MigWanted.Compute(c.Place.Size, c.Place.Start, c.ProfileId))]))]);
        MigState[] all = [.. states, start];
        var order = anew ? FewestChanges.Order(states.Count, (_, _) => 0, seed) : FewestChanges.Order(states.Count, (a, b) => all[a].Distance(all[b]), seed);
        var cuts = new List<PlannedCut>(order.Length);
        var at = from is { } index ? states[index] : start;
        foreach (var next in order)
        {
            var steps = at.To(all[next], anew);
            cuts.Add(new(next, steps.Count(s => s is MigStep.DestroyInstance), steps.Count(s => s is MigStep.CreateInstance), steps.Any(s => s is MigStep.SetMode), seconds(steps)));
            at = all[next];
        }
        return cuts;
    }

    /// <summary>What a GPU is cut into, or would be.</summary>
    internal sealed record MigState(bool Mode, IReadOnlyList<MigWanted> Instances)
    {
        readonly HashSet<(int, MigPlace)> keys = [.. Instances.Select(i => (i.ProfileId, i.Place))];
        readonly HashSet<(int, MigPlace, string)> cut = [.. Instances.Select(i => (i.ProfileId, i.Place, string.Join('+', i.Computes.Select(c => c.SliceCount).Order())))];

        public int Distance(MigState other)
        {
            if (Mode != other.Mode) return MigOrder.Mode + MigOrder.Instance * (keys.Count + other.keys.Count);
            var stay = keys.Count(other.keys.Contains);
            return MigOrder.Instance * (keys.Count + other.keys.Count - 2 * stay) + stay - cut.Count(other.cut.Contains);
        }

        /// <summary>Ids do not matter to what is only counted.</summary>
        public IReadOnlyList<MigStep> To(MigState other, bool anew) => MigSteps.Between(
            new(new(Mode, Mode), [.. Instances.Select((w, i) => new MigSnapshot.Instance(i, w.ProfileId, w.Place, [.. w.Computes.Select((c, j) => new MigSnapshot.Compute(j, c.ProfileId ?? -1, new(c.Start ?? 0, c.SliceCount)))]))]),
            other.Mode, other.Instances, anew);
    }
}
