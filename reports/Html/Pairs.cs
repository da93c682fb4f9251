using GpuLab.Model;
using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Reports.Html;

/// <summary>The same work on the same slice, alone and while others worked.</summary>
/// <param name="Kept">Share of the solo performance that is left: 1 is isolation, whatever the metric's direction.</param>
sealed record Pair(Figure Solo, Figure Together, double Kept, Interval Interval)
{
    /// <summary>Every figure taken together for which there is one taken alone; the interval is the quotient of the ends, so it is wider than either.</summary>
    public static IReadOnlyList<Pair> Of(IEnumerable<Figure> figures)
    {
        var pairs = new List<Pair>();
        foreach (var group in figures.GroupBy(f => (f.Layout, f.Slice, f.Probe.Id, f.Parameters, f.Metric.Id)))
        {
            var solo = group.FirstOrDefault(f => f.Phase == Phase.SoloBefore) ?? group.FirstOrDefault(f => f.Phase == Phase.Solo);
            if (solo is null) continue;
            foreach (var together in group.Where(f => f.Phase == Phase.Together && !f.IsJoint))
            {
                var (top, bottom) = together.Metric.Better == Better.Higher ? (together, solo) : (solo, together);
                pairs.Add(new(solo, together, top.Median / bottom.Median, new(top.Interval.Low / bottom.Interval.High, top.Interval.High / bottom.Interval.Low, "quotient of interval ends")));
            }
        }
        return pairs;
    }
}

/// <summary>Names of phases for readers.</summary>
static class PhaseText
{
    public static string Of(Phase phase) => phase switch
    {
        Phase.Solo => "alone",
        Phase.SoloBefore => "alone, before",
        Phase.Together => "together",
        Phase.Interleaved => "interleaved",
        Phase.SoloAfter => "alone, after",
        _ => "warm-up",
    };

    public static bool IsAlone(Phase phase) => phase is Phase.Solo or Phase.SoloBefore;
}
