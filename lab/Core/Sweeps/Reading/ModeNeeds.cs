namespace GpuLab.Sweeps.Reading;

/// <summary>Keys that modes need, and keys that no mode of a sweep would look at.</summary>
static class ModeNeeds
{
    public static void Check(SweepDraft draft, TextPlace start, Errors errors)
    {
        var modes = draft.Modes.Select(m => m.Value).ToHashSet();
        if (draft.Probes.Count == 0 && modes.Any(m => m != Mode.Mixed)) errors.Add(start, "'probes' is missing from a sweep: what is measured: ids, or maps of 'probe' and values for its parameters.");
        foreach (var mode in draft.Modes.Where(m => m.Value == Mode.Mixed && draft.Mixed.Count == 0))
            errors.Add(mode.Place, "mode mixed needs the key 'mixed': a list of workloads such as {slice: 1c@0, probe: mem.copy}.");
        Unused(draft.Mixed, modes, [Mode.Mixed], "mixed", errors);
        Unused(draft.Aggressors, modes, [Mode.Matrix, Mode.Dial], "aggressors", errors);
        Unused(draft.Dial, modes, [Mode.Dial], "dial", errors);
        ProbeOverlap.Check(draft.Aggressors, errors);
        foreach (var twice in draft.Mixed.GroupBy(m => m.Value.Slice).Where(g => g.Count() > 1))
            errors.Add(twice.ElementAt(1).Place, $"'{twice.Key}' has a workload already: a slice carries out one.");
    }

    static void Unused<T>(IReadOnlyList<Placed<T>> items, HashSet<Mode> modes, Mode[] needed, string key, Errors errors)
    {
        if (items.Count == 0 || needed.Any(modes.Contains)) return;
        errors.Add(items[0].Place, $"'{key}' is of no use without mode {string.Join(" or ", needed.Select(m => Modes.Of(m).Word))}: add it to 'modes'.");
    }
}
