using GpuLab.Results;

namespace GpuLab.Statistics;

/// <summary>How it is known that the slices of a figure worked together; of several repeats the worst.</summary>
/// <param name="Window">Length of the common window, seconds: the shortest.</param>
/// <param name="Skew">From the first start of a worker to the last, seconds: the median of the repeats.</param>
/// <param name="Busy">Busy share of the window over the declared duty, of the least busy slice.</param>
/// <param name="Gap">1 − (work in the window ÷ its length) ÷ (rate of the usual sample × duty) of the figure's slice: the largest by size; NaN where it was not kept.</param>
/// <param name="Rate">Median over repeats of work in the window ÷ its length; NaN where it was not kept.</param>
/// <param name="Waiting">Share of its time in which the slice that waited longest was ready to work and had no processor; NaN where that is not known.</param>
public sealed record OverlapProof(double Window, double Skew, double Busy, double Gap, double Rate, double Waiting = double.NaN)
{
    /// <summary>The two rates of a slice may differ by so much (MEASUREMENT 3.6).</summary>
    public const double MostGap = 0.02;

    internal static OverlapProof? Of(CellEvidence cell, string slice, Phase phase)
    {
        var windows = cell.Windows(phase).ToList();
        if (windows.Count == 0) return null;
        var rates = windows.Select(w => w.Rates?.GetValueOrDefault(slice)).OfType<WindowRate>().ToList();
        var gaps = rates.Select(Gaps).Where(double.IsFinite).ToList();
        var busy = windows.SelectMany(w => w.Busy, (_, b) => b.Value / cell.Cell.DutyOf(b.Key)).ToList();
        return new(windows.Min(w => (w.EndNs - w.StartNs) * 1e-9), Selection.Median(windows.Select(w => w.SkewNs * 1e-9).ToArray()),
            busy.Count == 0 ? double.NaN : Math.Min(1, busy.Min()), gaps.Count == 0 ? double.NaN : gaps.MaxBy(Math.Abs),
            rates.Count == 0 ? double.NaN : Selection.Median(rates.Select(r => r.Mean).ToArray()),
            windows.SelectMany(w => w.Waiting?.Values ?? []).DefaultIfEmpty(double.NaN).Max());
    }

    // A dialled slice leaves gaps on purpose.
    static double Gaps(WindowRate rate) => rate.PeriodNs > 0 ? 0 : 1 - rate.Mean / rate.Median;
}
