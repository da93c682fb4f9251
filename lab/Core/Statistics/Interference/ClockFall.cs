using GpuLab.Results;

namespace GpuLab.Statistics;

/// <summary>How far a slice's clock falls when others work beside it, from readings taken while it worked alone and together.</summary>
static class ClockFall
{
    /// <summary>Less than this is how clocks wander.</summary>
    const double Least = 0.002;

    /// <summary>Logarithm of clock alone ÷ clock together: the median over repeats; null where it was not read or did not fall.</summary>
    /// <param name="clocks">Of the trials of one cell.</param>
    /// <param name="scopes">Where the slice's clock is told: its processors, or <c>device</c>.</param>
    public static double? Of(IEnumerable<TrialClocks> clocks, string slice, IReadOnlyCollection<string> scopes)
    {
        var falls = clocks.GroupBy(c => c.Trial).Select(t => Fall([.. t], slice, scopes)).Where(double.IsFinite).ToArray();
        if (falls.Length == 0) return null;
        var fall = Selection.Median(falls);
        return fall > Least ? fall : null;
    }

    static double Fall(IReadOnlyList<TrialClocks> trial, string slice, IReadOnlyCollection<string> scopes) =>
        Math.Log(Clock(trial.Where(c => c.Phase is Phase.SoloBefore or Phase.SoloAfter && c.Slice == slice), scopes) / Clock(trial.Where(c => c.Phase == Phase.Together), scopes));

    static double Clock(IEnumerable<TrialClocks> readings, IReadOnlyCollection<string> scopes) =>
        readings.SelectMany(r => scopes.Where(r.Hertz.ContainsKey), (r, s) => r.Hertz[s]).DefaultIfEmpty(double.NaN).Average();
}
