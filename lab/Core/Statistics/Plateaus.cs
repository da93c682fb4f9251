using GpuLab.Model;
using GpuLab.Results;

namespace GpuLab.Statistics;

/// <summary>
/// The level parts of latency over working-set size: how fast each cache and the memory behind them answer. Points on the slopes between
/// levels belong to none.
/// </summary>
public static class Plateaus
{
    /// <summary>Steps smaller than this share of a level are no steps.</summary>
    const double Least = 0.05;

    /// <summary>A level has at least this many points.</summary>
    const int Points = 2;

    const string Memory = "DRAM";

    /// <summary>Plateaus of every latency curve measured alone.</summary>
    /// <param name="info">For the sizes of the caches.</param>
    public static IReadOnlyList<Plateau> Of(IReadOnlyList<Figure> figures, RunInfo info)
    {
        var caches = CacheSizes.Of(info);
        return
        [
            .. figures.Where(f => f.Probe is { Resource: Resource.Latency or Resource.Cache, Axis: not null } && f.Metric == f.Probe.Main && f.Metric.Better == Better.Lower && f.Phase == Phase.Solo)
                .GroupBy(f => (f.Probe.Id, f.Layout, f.Slice, Others: f.Parameters.Without(f.Probe.Axis!)))
                .SelectMany(curve => Of(CurveOf(curve.GroupBy(f => f.Mode).First()), caches)
                    .Select(p => new Plateau(curve.Key.Id, curve.Key.Layout, curve.Key.Slice, p.From, p.To, p.Value, p.Name))),
        ];
    }

    /// <param name="curve">Size in bytes and latency, by rising size.</param>
    /// <param name="caches">Smallest first; empty where they are not known.</param>
    internal static IReadOnlyList<(double From, double To, double Value, string Name)> Of(IReadOnlyList<(double Size, double Value)> curve, IReadOnlyList<CacheSize> caches)
    {
        if (curve.Count < 2 * Points) return [];
        var logs = curve.Select(p => Math.Log(p.Value)).ToArray();
        var levels = Merged([.. Steps.Fit(logs, Steps.Price(logs, Least)).Where(p => p.Last - p.First + 1 >= Points)], logs);
        var found = new List<(double From, double To, double Value, string Name)>();
        foreach (var (p, i) in levels.Select((p, i) => (p, i)))
        {
            var (from, to) = (curve[p.First].Size, curve[p.Last].Size);
            var name = Name(from, to, i, levels.Count, caches);
            if (caches.Count > 0 && name == caches[^1].Name && found.Any(f => f.Name == name)) name = $"beyond its share of {name}";
            found.Add((from, to, Math.Exp(Level(logs, p)), name));
        }
        return found;
    }

    /// <summary>Neighbouring levels that are nearly equal are one, such as the two halves of a level with a bump between them.</summary>
    static List<(int First, int Last)> Merged(IReadOnlyList<(int First, int Last)> pieces, double[] logs)
    {
        var merged = new List<(int First, int Last)>();
        foreach (var piece in pieces)
        {
            if (merged.Count > 0 && Math.Abs(Level(logs, piece) - Level(logs, merged[^1])) < 2 * Least) merged[^1] = (merged[^1].First, piece.Last);
            else merged.Add(piece);
        }
        return merged;
    }

    /// <summary>The median, which a bump inside the level does not move.</summary>
    static double Level(double[] logs, (int First, int Last) piece) => Selection.Median(logs.AsSpan(piece.First, piece.Last - piece.First + 1).ToArray());

    /// <summary>
    /// The smallest cache that holds the middle of the level, on a logarithmic axis; memory past the largest. Virtual machines are told
    /// of a whole socket's cache and get a share of it: where two levels fall into the last cache, the slower one is beyond that share.
    /// </summary>
    static string Name(double from, double to, int index, int count, IReadOnlyList<CacheSize> caches)
    {
        if (caches.Count == 0) return index == count - 1 ? Memory : FormattableString.Invariant($"level {index + 1}");
        var middle = Math.Sqrt(from * to);
        foreach (var cache in caches)
        {
            if (middle <= cache.Bytes) return cache.Name;
        }
        return Memory;
    }

    static IReadOnlyList<(double Size, double Value)> CurveOf(IEnumerable<Figure> curve) =>
    [
        .. curve.Select(f => (Size: f.Parameters.Number(f.Probe.Axis!, double.NaN), f.Median)).Where(p => p.Size > 0 && p.Median > 0).OrderBy(p => p.Size),
    ];
}
