namespace GpuLab.Control.Mig;

/// <summary>
/// What a transaction has changed so far, from its steps: only that may be undone. Instances that others created or destroyed meanwhile are
/// none of its business. Nothing goes by id or UUID, because both are used again; it is profile and place that count.
/// </summary>
/// <param name="found">The state before the first step.</param>
public sealed class MigLedger(MigSnapshot found)
{
    readonly HashSet<(int ProfileId, MigPlace Place)> made = [], lost = [];
    readonly HashSet<MigPlace> cut = [];
    bool mode;

    /// <summary>A step that may have happened: also one whose process was killed before it could say.</summary>
    public void Before(MigStep step)
    {
        switch (step)
        {
            case MigStep.SetMode:
                mode = true;
                break;
            case MigStep.CreateInstance create:
                made.Add((create.ProfileId, create.Place));
                break;
            case MigStep.CreateCompute compute:
                cut.Add(compute.Instance);
                break;
            case MigStep.DestroyInstance destroy:
                lost.UnionWith(found.Instances.Where(i => i.Place == destroy.Place).Select(i => (i.ProfileId, i.Place)));
                break;
            case MigStep.DestroyCompute destroy:
                cut.UnionWith(found.Instances.Where(i => i.Id == destroy.GpuInstance).Select(i => i.Place));
                break;
        }
    }

    /// <summary>A step that did happen.</summary>
    public void After(MigStep step)
    {
        // What lies there from now on is somebody else's, unless it is made again.
        if (step is MigStep.DestroyInstance destroy) made.RemoveWhere(m => m.Place == destroy.Place);
    }

    /// <summary>Instances that were neither found nor made here: somebody else's.</summary>
    public IReadOnlyList<MigSnapshot.Instance> Foreign(MigSnapshot present) =>
        [.. present.Instances.Where(one => !made.Contains((one.ProfileId, one.Place)) && !found.Instances.Any(f => f.ProfileId == one.ProfileId && f.Place == one.Place))];

    /// <summary>The steps from here to what was found, as far as it is this transaction's to undo.</summary>
    public MigWayBack Back(MigSnapshot present)
    {
        var wanted = new List<MigWanted>();
        var blocked = new List<string>();
        var foreign = new List<MigSnapshot.Instance>();
        foreach (var one in present.Instances)
        {
            var was = found.Instances.FirstOrDefault(f => f.ProfileId == one.ProfileId && f.Place == one.Place);
            if (was is not null) wanted.Add(Wanted(cut.Contains(one.Place) || lost.Contains((one.ProfileId, one.Place)) ? was : one));
            else if (!made.Contains((one.ProfileId, one.Place))) foreign.Add(one);
        }
        wanted.AddRange(foreign.Select(Wanted));
        foreach (var was in found.Instances.Where(f => lost.Contains((f.ProfileId, f.Place)) && !present.Instances.Any(p => p.ProfileId == f.ProfileId && p.Place == f.Place)))
        {
            if (foreign.Find(f => f.Place.Overlaps(was.Place)) is { } other) blocked.Add($"the instance found at {was.Place} cannot come back while one that appeared meanwhile lies at {other.Place}");
            else wanted.Add(Wanted(was));
        }
        var enabled = mode ? found.Mode.Current : present.Mode.Current;
        if (!enabled && foreign.Count > 0)
        {
            blocked.Add($"MIG mode stays on, because an instance that appeared meanwhile lies at {foreign[0].Place}");
            enabled = true;
        }
        if (!enabled && wanted.Count > 0)
        {
            blocked.Add("MIG mode was switched off meanwhile, and the instances found went with it");
            wanted.Clear();
        }
        return new(MigSteps.Between(present, enabled, enabled ? wanted : []), blocked);
    }

    static MigWanted Wanted(MigSnapshot.Instance i) => new(i.ProfileId, i.Place, [.. i.Computes.Select(c => new MigWanted.Compute(c.Place.Size, c.Place.Start, c.ProfileId))]);
}

/// <param name="Steps">Empty where nothing is left to do.</param>
/// <param name="Blocked">What cannot come back without touching what is not ours; empty where all can.</param>
public sealed record MigWayBack(IReadOnlyList<MigStep> Steps, IReadOnlyList<string> Blocked)
{
    public bool Arrived => Steps.Count == 0 && Blocked.Count == 0;
}
