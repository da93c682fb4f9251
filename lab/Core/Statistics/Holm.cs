namespace GpuLab.Statistics;

/// <summary>Correction for asking many questions at once (Holm 1979).</summary>
public static class Holm
{
    /// <summary>Adjusted p values, in the order given: each may be held against the level as if it were the only one.</summary>
    public static double[] Adjust(IReadOnlyList<double> p)
    {
        var adjusted = new double[p.Count];
        var largest = 0.0;
        var rank = 0;
        foreach (var i in Enumerable.Range(0, p.Count).OrderBy(i => p[i]))
        {
            largest = Math.Max(largest, Math.Min(1, (p.Count - rank++) * p[i]));
            adjusted[i] = largest;
        }
        return adjusted;
    }
}
