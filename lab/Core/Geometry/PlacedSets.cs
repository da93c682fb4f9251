namespace GpuLab.Geometry;

/// <summary>All legal sets of GPU instances with their places: a walk over the strip of memory units from left to right.</summary>
sealed class PlacedSets(GpuModel model, GpuInstanceProfile[] profiles)
{
    readonly (GpuInstanceProfile Profile, int Start, ulong Mask)[] places =
        [.. profiles.SelectMany(p => p.Places!.Starts.Select(s => (Profile: p, Start: s, Mask: p.Places.Mask(s)))).OrderBy(p => p.Start)];

    /// <summary>Each non-empty set once, by ascending start.</summary>
    public IEnumerable<(GpuInstanceProfile Profile, int Start)[]> All(LayoutQuery query)
    {
        var chosen = new List<int>();
        var next = 0;
        ulong taken = 0;
        while (true)
        {
            if (next < places.Length)
            {
                if ((taken & places[next].Mask) == 0 && Allowed(chosen, next))
                {
                    taken |= places[next].Mask;
                    chosen.Add(next);
                    if (Wants(query, chosen, taken)) yield return [.. chosen.Select(c => (places[c].Profile, places[c].Start))];
                }
                next++;
                continue;
            }
            if (chosen.Count == 0) yield break;
            var last = chosen[^1];
            chosen.RemoveAt(chosen.Count - 1);
            taken &= ~places[last].Mask;
            next = last + 1;
        }
    }

    bool Allowed(List<int> chosen, int next)
    {
        var together = new GpuInstanceProfile[chosen.Count + 1];
        for (var i = 0; i < chosen.Count; i++) together[i] = places[chosen[i]].Profile;
        together[^1] = places[next].Profile;
        return LayoutRules.Together(model, together) is null;
    }

    bool Wants(LayoutQuery query, List<int> chosen, ulong taken)
    {
        if (query.Containing is { } wanted && !chosen.Exists(c => places[c].Profile.Name == wanted)) return false;
        if (!query.Maximal) return true;
        for (var i = 0; i < places.Length; i++)
        {
            if ((taken & places[i].Mask) == 0 && Allowed(chosen, i)) return false;
        }
        return true;
    }
}
