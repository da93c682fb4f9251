using GpuLab.Statistics;

namespace GpuLab.Running;

/// <summary>
/// An aggressor at part of its own solo rate: its samples start at fixed distances, so that the load is on and off within one distance (MEASUREMENT 3.10).
/// A sample that takes longer beside others than alone uses up its idle time first.
/// </summary>
static class Dialling
{
    /// <summary>The load goes on and off too slowly: a victim's sample sees a part of it by chance.</summary>
    public const string CoarseFlag = "dial-coarse";

    /// <summary>Distances that a victim's sample must span at least.</summary>
    const int LeastSpanned = 4;

    /// <summary>Distance of starts for a share of the rate seen alone; 0 where the slice works back to back.</summary>
    public static long Period(List<Sample> alone, double duty)
    {
        if (duty >= 1 || alone.Count < 2) return 0;
        // From start to start, so that what lies between samples counts as work.
        var steps = alone.Where(s => s.Metric == 0).Select(s => (double)s.Start).ToArray();
        if (steps.Length < 2) return 0;
        return (long)(Selection.Median([.. steps.Skip(1).Zip(steps, (next, one) => next - one)]) / duty);
    }

    /// <summary>Whether some victim's usual sample is shorter than a few distances of a dialled slice.</summary>
    public static bool IsCoarse(IReadOnlyList<Player> team, IReadOnlyList<List<Sample>> samples)
    {
        var longest = team.Max(p => p.Pace);
        if (longest == 0) return false;
        for (var i = 0; i < team.Count; i++)
        {
            if (!team[i].IsVictim || samples[i].Count == 0) continue;
            if (Selection.Median(samples[i].Select(s => (double)(s.End - s.Start)).ToArray()) < LeastSpanned * longest) return true;
        }
        return false;
    }
}
