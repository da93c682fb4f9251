using GpuLab.Model;
using GpuLab.Results;
using GpuLab.Statistics;
using GpuLab.Sweeps;

namespace GpuLab.Running;

/// <summary>A slice's rate told twice: by its usual sample, and by the work it did in the common window (MEASUREMENT 3.6).</summary>
static class WindowRates
{
    /// <summary>Of the probe's main metric where that is a rate, else of operations. Samples that reach over an edge of the window count with the part inside.</summary>
    public static WindowRate Of(List<Sample> samples, in CommonWindow window, int index, Work work, long period)
    {
        var inUnits = work.Probe.Main.Better == Better.Higher && work.Probe.Main.Unit.EndsWith("/s", StringComparison.Ordinal);
        List<double> rates = [];
        var done = 0.0;
        foreach (var sample in samples)
        {
            var length = sample.End - sample.Start;
            if (sample.Metric != 0 || length <= 0) continue;
            var rate = inUnits ? sample.Value : sample.Operations * 1e9 / length;
            var inside = Math.Min(sample.End, window.End) - Math.Max(sample.Start, window.Start);
            if (inside > 0 && double.IsFinite(rate)) done += rate * inside;
            if (window.Holds(sample)) rates.Add(rate);
        }
        var median = rates.Count == 0 ? double.NaN : Selection.Median([.. rates]);
        return new(median, window.Length == 0 ? double.NaN : done / window.Length, work.Duty, window.Inside[index], period);
    }
}
