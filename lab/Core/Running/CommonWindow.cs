using System.Runtime.InteropServices;

namespace GpuLab.Running;

/// <summary>
/// The time in which all slices of a phase worked, and the proof of it (MEASUREMENT 3.5): each slice's busy share is the union
/// of its sample intervals inside the window. Only samples wholly inside count.
/// </summary>
/// <param name="Start">Latest first start plus guard, nanoseconds.</param>
/// <param name="End">Earliest last end minus guard.</param>
/// <param name="Skew">Latest minus earliest first start.</param>
/// <param name="Busy">By slice, in the order given.</param>
/// <param name="Inside">Samples wholly inside, by slice.</param>
public readonly record struct CommonWindow(long Start, long End, long Skew, double[] Busy, int[] Inside)
{
    /// <summary>Least share of the window in which a slice must have been busy.</summary>
    public const double BusyLimit = 0.95;

    /// <summary>Least guard on both sides, nanoseconds.</summary>
    public const long LeastGuard = 50_000_000;

    public long Length => Math.Max(0, End - Start);

    /// <summary>The window of samples given by slice; empty where a slice has none.</summary>
    /// <param name="leastGuard">Nanoseconds; at least three of the longest samples are kept off in any case.</param>
    public static CommonWindow Of(IReadOnlyList<List<Sample>> slices, long leastGuard = LeastGuard)
    {
        var busy = new double[slices.Count];
        var inside = new int[slices.Count];
        if (slices.Any(s => s.Count == 0)) return new(0, 0, 0, busy, inside);
        var longest = slices.Max(s => s.Max(x => x.End - x.Start));
        var guard = Math.Max(leastGuard, 3 * longest);
        var first = slices.Max(s => s[0].Start);
        var start = first + guard;
        var end = slices.Min(s => s[^1].End) - guard;
        var skew = first - slices.Min(s => s[0].Start);
        if (end <= start) return new(start, start, skew, busy, inside);
        for (var i = 0; i < slices.Count; i++) (busy[i], inside[i]) = Share(CollectionsMarshal.AsSpan(slices[i]), start, end);
        return new(start, end, skew, busy, inside);
    }

    /// <summary>Whether a sample counts.</summary>
    public bool Holds(in Sample sample) => sample.Start >= Start && sample.End <= End;

    static (double Busy, int Inside) Share(ReadOnlySpan<Sample> samples, long start, long end)
    {
        long covered = 0, reached = start;
        var inside = 0;
        foreach (ref readonly var sample in samples)
        {
            if (sample.Start >= start && sample.End <= end) inside++;
            var from = Math.Max(sample.Start, reached);
            var to = Math.Min(sample.End, end);
            if (to <= from) continue;
            covered += to - from;
            reached = to;
        }
        return (covered / (double)(end - start), inside);
    }
}
