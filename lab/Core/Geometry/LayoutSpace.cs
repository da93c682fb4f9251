using System.Numerics;
using GpuLab.Model;

namespace GpuLab.Geometry;

/// <summary>
/// All legal layouts of a GPU. As multisets, two layouts are the same when they have the same instances, wherever these lie;
/// as placed sets, they also lie at the same places. Places of compute instances inside a GPU instance are never told apart.
/// </summary>
public sealed class LayoutSpace
{
    readonly GpuModel model;
    readonly LayoutFitter fitter;
    readonly GpuInstanceProfile[] profiles;

    /// <exception cref="GeometryException">The GPU's places are not known.</exception>
    public LayoutSpace(GpuModel model)
    {
        if (model.Unknown is { } unknown) throw new GeometryException(char.ToUpperInvariant(unknown[0]) + unknown[1..] + ".");
        this.model = model;
        fitter = new(model);
        profiles = [.. model.Placeable.OrderBy(p => p.Name)];
    }

    /// <summary>Every legal multiset once, in no order that should be relied on.</summary>
    public IEnumerable<Layout> Multisets(LayoutQuery query)
    {
        if (query.Empty && Wants(query, [])) yield return Layout.Whole;
        var cuts = profiles.Select(p => ComputeCuts.Of(p, query.Splits)).ToArray();
        foreach (var counts in Counts(query))
        {
            foreach (var layout in WithCuts(counts, cuts)) yield return layout;
        }
    }

    /// <summary>How many <see cref="Multisets"/> gives, without building them.</summary>
    public BigInteger CountMultisets(LayoutQuery query)
    {
        var ways = profiles.Select(p => ComputeCuts.Of(p, query.Splits).Length).ToArray();
        BigInteger total = query.Empty && Wants(query, []) ? 1 : 0;
        foreach (var counts in Counts(query))
        {
            var product = BigInteger.One;
            for (var i = 0; i < counts.Length; i++) product *= Choose(counts[i] + ways[i] - 1, counts[i]);
            total += product;
        }
        return total;
    }

    /// <summary>Every legal placed set once.</summary>
    public IEnumerable<PlacedLayout> Placed(LayoutQuery query)
    {
        if (query.Empty && Wants(query, [])) yield return new(model, []);
        var cuts = profiles.ToDictionary(p => p, p => ComputeCuts.Of(p, query.Splits));
        foreach (var set in new PlacedSets(model, profiles).All(query))
        {
            foreach (var layout in WithCuts(set, cuts)) yield return layout;
        }
    }

    /// <summary>How many <see cref="Placed"/> gives, without building them.</summary>
    public BigInteger CountPlaced(LayoutQuery query)
    {
        var ways = profiles.ToDictionary(p => p, p => ComputeCuts.Of(p, query.Splits).Length);
        BigInteger total = query.Empty && Wants(query, []) ? 1 : 0;
        foreach (var set in new PlacedSets(model, profiles).All(query))
        {
            var product = BigInteger.One;
            foreach (var (profile, _) in set) product *= ways[profile];
            total += product;
        }
        return total;
    }

    /// <summary>Counts by profile of every legal multiset of GPU instances. Leaving an instance out keeps a layout legal, so dead branches end early.</summary>
    IEnumerable<int[]> Counts(LayoutQuery query)
    {
        var counts = new int[profiles.Length];
        var items = new List<LayoutItem>();
        var branch = new Stack<int>();
        var next = 0;
        while (true)
        {
            if (next < profiles.Length)
            {
                items.Add(new(profiles[next].Name));
                if (fitter.Fits(items))
                {
                    counts[next]++;
                    branch.Push(next);
                    if (Wants(query, items)) yield return counts;
                    continue;
                }
                items.RemoveAt(items.Count - 1);
                next++;
                continue;
            }
            if (!branch.TryPop(out var last)) yield break;
            counts[last]--;
            items.RemoveAt(items.Count - 1);
            next = last + 1;
        }
    }

    bool Wants(LayoutQuery query, List<LayoutItem> items)
    {
        if (query.Containing is { } wanted && !items.Exists(i => i.Profile == wanted)) return false;
        return !query.Maximal || !Array.Exists(profiles, p => fitter.Fits([.. items.Append(new(p.Name)).Order()]));
    }

    IEnumerable<Layout> WithCuts(int[] counts, int[][][] cuts)
    {
        var slots = Enumerable.Range(0, counts.Length).SelectMany(p => Enumerable.Repeat(p, counts[p])).ToArray();
        var chosen = new int[slots.Length];
        while (true)
        {
            yield return new(slots.Select((p, i) => new LayoutItem(profiles[p].Name, null, cuts[p][chosen[i]])));
            var at = slots.Length - 1;
            while (at >= 0 && chosen[at] == cuts[slots[at]].Length - 1) at--;
            if (at < 0) yield break;
            chosen[at]++;
            // Equal profiles take their cuts in ascending order, so that each multiset appears once.
            for (var i = at + 1; i < slots.Length; i++) chosen[i] = slots[i] == slots[at] ? chosen[at] : 0;
        }
    }

    IEnumerable<PlacedLayout> WithCuts((GpuInstanceProfile Profile, int Start)[] set, Dictionary<GpuInstanceProfile, int[][]> cuts)
    {
        var chosen = new int[set.Length];
        while (true)
        {
            yield return new(model, [.. set.Select((s, i) => new PlacedInstance(s.Profile, s.Start, cuts[s.Profile][chosen[i]]))]);
            var at = set.Length - 1;
            while (at >= 0 && chosen[at] == cuts[set[at].Profile].Length - 1) chosen[at--] = 0;
            if (at < 0) yield break;
            chosen[at]++;
        }
    }

    static BigInteger Choose(int n, int k)
    {
        var result = BigInteger.One;
        for (var i = 1; i <= k; i++) result = result * (n - k + i) / i;
        return result;
    }
}
