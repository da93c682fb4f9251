using GpuLab.Model;

namespace GpuLab.Statistics;

/// <summary>How much the ratio of together to alone differs from repeat to repeat, before it is measured: assumed, or as an earlier run found it.</summary>
/// <param name="ByProbe">Standard deviations of the log ratio, by probe id.</param>
/// <param name="Source">For the reader: <c>assumed</c>, or the run's folder.</param>
public sealed record ExpectedNoise(IReadOnlyDictionary<string, double> ByProbe, string Source)
{
    /// <summary>A quiet machine's, where nothing is known: 1 % for rates, and as much more for others as their own precision is less.</summary>
    const double OfRates = 0.01;

    public static readonly ExpectedNoise Assumed = new(new Dictionary<string, double>(), "assumed");

    /// <summary>The usual noise of each probe in a run: the median over its couplings.</summary>
    public static ExpectedNoise From(Analysis earlier, string source) => new(
        earlier.Couplings.Where(c => c.Ratio.Freedom > 0 && double.IsFinite(c.Ratio.StandardError)).GroupBy(c => c.Together.Probe.Id)
            .ToDictionary(g => g.Key, g => Selection.Median(g.Select(c => c.Ratio.StandardError * Math.Sqrt(c.Ratio.Repeats)).ToArray())), source);

    public bool Knows(ProbeInfo probe) => ByProbe.ContainsKey(probe.Id);

    public double Of(ProbeInfo probe) => ByProbe.TryGetValue(probe.Id, out var known) ? known : OfRates * Math.Max(1, probe.Precision / Precision.Rate);

    /// <summary>The smallest relative change that so many repeats of a probe would show with a probability of 80 %; NaN where there are too few for a verdict.</summary>
    public double SmallestEffect(ProbeInfo probe, int repeats) =>
        repeats < LogRatio.LeastRepeats ? double.NaN : new LogRatio(repeats, 0, Of(probe) / Math.Sqrt(repeats), repeats - 1).SmallestEffect;

    /// <summary>Repeats after which a slice that loses nothing would usually be called ISOLATED: there is room inside the margin for the interval and for what the estimate itself strays by.</summary>
    public int RepeatsForIsolation(ProbeInfo probe, double margin = Verdicts.IsolationMargin)
    {
        const int most = 1000;
        for (var n = LogRatio.LeastRepeats; n < most; n++)
        {
            var ratio = new LogRatio(n, 0, Of(probe) / Math.Sqrt(n), n - 1);
            // Power of 80 %: the estimate itself strays by 1.28 standard errors to either side.
            if (ratio.Interval(Verdicts.Confidence).High * Math.Exp(1.28 * ratio.StandardError) < 1 + margin) return n;
        }
        return most;
    }
}
