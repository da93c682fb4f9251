using GpuLab.Geometry;

namespace GpuLab.Tests.Geometry;

/// <summary>
/// The rules once more, written as differently as possible: every subset of all places is tried and judged as a whole
/// on an array of units, with no search order, no masks and no pruning.
/// </summary>
static class BruteForce
{
    public static List<(GpuInstanceProfile Profile, int Start)[]> PlacedSets(GpuModel model)
    {
        var places = model.Profiles.SelectMany(p => p.Places!.Starts.Select(s => (Profile: p, Start: s))).ToArray();
        var found = new List<(GpuInstanceProfile, int)[]>();
        // Sets of places are grown by any later place; only occupied units end a branch, all other rules are judged at the leaf.
        void Grow(int from, (GpuInstanceProfile Profile, int Start)[] set)
        {
            if (set.Length > 0 && Legal(model, set)) found.Add(set);
            for (var i = from; i < places.Length; i++)
            {
                (GpuInstanceProfile, int)[] more = [.. set, places[i]];
                if (Apart(model, more)) Grow(i + 1, more);
            }
        }
        Grow(0, []);
        return found;
    }

    static bool Apart(GpuModel model, (GpuInstanceProfile Profile, int Start)[] set)
    {
        var owners = new int[model.MemoryUnits!.Value];
        foreach (var (profile, start) in set)
        {
            for (var unit = start; unit < start + profile.Places!.Size; unit++) owners[unit]++;
        }
        return owners.All(o => o <= 1);
    }

    static bool Legal(GpuModel model, (GpuInstanceProfile Profile, int Start)[] set)
    {
        var names = set.Select(s => s.Profile.Name.ToString()).ToArray();
        if (names.Count(n => n.EndsWith("+me", StringComparison.Ordinal)) > 1) return false;
        if (names.Any(n => n.EndsWith("+me.all", StringComparison.Ordinal))
            && names.Count(n => !n.EndsWith("-me", StringComparison.Ordinal)) > 1) return false;
        if (set.GroupBy(s => s.Profile).Any(g => g.Count() > g.Key.MaxInstances)) return false;
        return set.Sum(s => s.Profile.ComputeSlices) <= model.ComputeSlices;
    }

    public static string Multiset((GpuInstanceProfile Profile, int Start)[] set) =>
        string.Join('+', set.Select(s => s.Profile.Name.ToString()).Order(StringComparer.Ordinal));

    /// <summary>Number of ways to cut n slices into sizes that add up to exactly (or at most) n, by counting ordered cuts in ascending order.</summary>
    public static int Cuts(IReadOnlyList<int> sizes, int n, bool partial)
    {
        var ways = new int[n + 1];
        ways[0] = 1;
        foreach (var size in sizes)
        {
            for (var sum = size; sum <= n; sum++) ways[sum] += ways[sum - size];
        }
        return partial ? ways[1..].Sum() : ways[n];
    }
}
