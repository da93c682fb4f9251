using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Reports.Kv;

/// <summary>What one tier does with a prompt.</summary>
/// <param name="Seconds">To bring its keys and values back.</param>
/// <param name="Rate">Bytes a second.</param>
public sealed record TierPoint(string Tier, double Seconds, double Rate);

/// <summary>One length of prompt.</summary>
/// <param name="Recompute">Seconds to make its keys and values.</param>
/// <param name="Needed">B*: bytes a second at which reloading takes as long.</param>
public sealed record ReloadPoint(int Tokens, double Recompute, double Needed, IReadOnlyList<TierPoint> Tiers)
{
    /// <summary>How many times longer making them anew takes; null where the tier was not measured.</summary>
    public double? Gain(string tier) => Tiers.FirstOrDefault(t => t.Tier == tier) is { } found ? Recompute / found.Seconds : null;
}

/// <summary>Reload against recompute on one slice, for one model and format of weights: all of it measured.</summary>
/// <param name="AtOnce">How many slices were at the same work at once.</param>
public sealed record ReloadStudy(string Layout, string Slice, int AtOnce, string What, IReadOnlyList<ReloadPoint> Points)
{
    /// <summary>The studies that a run's figures allow: lengths for which both were measured on the same slice and in the same way.</summary>
    public static IReadOnlyList<ReloadStudy> Of(IReadOnlyList<Figure> figures)
    {
        var crowds = figures.Where(f => f.Phase == Phase.Together).GroupBy(f => f.Cell).ToDictionary(c => c.Key, c => c.Select(f => f.Slice).Distinct().Count());
        int AtOnce(Figure f) => f.Phase == Phase.Together ? crowds[f.Cell] : 1;
        // Of mode contention the cells in which a number of slices work are meant, not what each does alone before and after. Slices that may have taken turns were neither alone nor at once.
        var usable = figures.Where(f => f.Phase != Phase.Interleaved && (!f.ForRatio || f is { Mode: "contention", Phase: Phase.Together })).ToList();
        var reloads = usable.Where(f => f.Probe.Id == "kv.reload").ToList();
        var studies = new List<ReloadStudy>();
        foreach (var group in usable.Where(f => f.Probe.Id == "kv.recompute").GroupBy(f => (f.Layout, f.Slice, AtOnce: AtOnce(f), Model: Model(f), What: f.Parameters.Without("tokens"))))
        {
            var same = reloads.Where(f => (f.Layout, f.Slice, AtOnce(f), Model(f)) == (group.Key.Layout, group.Key.Slice, group.Key.AtOnce, group.Key.Model)).ToList();
            var points = group.GroupBy(Tokens).OrderBy(g => g.Key).Select(g => Point(g.Key, [.. g], [.. same.Where(f => Tokens(f) == g.Key)])).OfType<ReloadPoint>().ToList();
            if (points.Count > 0) studies.Add(new(group.Key.Layout, group.Key.Slice, group.Key.AtOnce, group.Key.What.ToString(), points));
        }
        return studies;
    }

    /// <summary>For a title: <c>alone</c>, <c>7 slices at once</c>.</summary>
    public string Company => AtOnce == 1 ? "alone" : FormattableString.Invariant($"{AtOnce} slices at once");

    /// <summary>What reloading gains at the longest length from the tier that gains least.</summary>
    public double Least => Points[^1].Tiers.Min(t => Points[^1].Recompute / t.Seconds);

    public IEnumerable<string> Tiers => Points.SelectMany(p => p.Tiers).Select(t => t.Tier).Distinct();

    /// <summary>From which length on reloading from a tier is faster, in words.</summary>
    public string BreakEven(string tier)
    {
        var measured = Points.Where(p => p.Gain(tier) is not null).Select(p => (p.Tokens, Gain: p.Gain(tier)!.Value)).ToList();
        if (measured.TrueForAll(m => m.Gain > 1)) return FormattableString.Invariant($"pays at every length measured ({measured[0].Tokens} to {measured[^1].Tokens} tokens)");
        if (measured.TrueForAll(m => m.Gain <= 1)) return FormattableString.Invariant($"pays at no length measured ({measured[0].Tokens} to {measured[^1].Tokens} tokens)");
        var crossings = measured.Zip(measured.Skip(1)).Where(p => p.First.Gain > 1 != p.Second.Gain > 1).ToList();
        if (crossings is not [var ((from, below), (to, above))]) return "pays at some lengths and not at others between them: the difference is within the noise";
        // Both times follow powers of the length between two neighbours.
        var at = Math.Exp(Math.Log(from) + Math.Log(to / (double)from) * Math.Log(below) / (Math.Log(below) - Math.Log(above)));
        return FormattableString.Invariant($"pays {(above > 1 ? "from" : "up to")} about {at:0} tokens (between {from} and {to})");
    }

    static string Model(Figure figure) => figure.Parameters.Word("model", "");

    static int Tokens(Figure figure) => (int)figure.Parameters.Number("tokens", 0);

    static ReloadPoint? Point(int tokens, List<Figure> recompute, List<Figure> reload)
    {
        if (Median(recompute, "time") is not { } seconds || Median(recompute, "needed") is not { } needed) return null;
        var tiers = new List<TierPoint>();
        foreach (var tier in reload.GroupBy(f => f.Parameters.Word("tier", "pinned")))
        {
            if (Median(tier, "time") is { } time && Median(tier, "bandwidth") is { } rate) tiers.Add(new(tier.Key, time, rate));
        }
        return tiers.Count == 0 ? null : new(tokens, seconds, needed, tiers);
    }

    static double? Median(IEnumerable<Figure> figures, string metric) => figures.FirstOrDefault(f => f.Metric.Name == metric && f.Median > 0)?.Median;
}
