using System.Runtime.InteropServices;
using GpuLab.Statistics;

namespace GpuLab.Running;

/// <summary>Applies a stopping rule to one slice's samples in one phase, and says when it is worth looking again.</summary>
/// <param name="least">Nanoseconds before the first look can be of use.</param>
sealed class SliceWatch(StoppingRule rule, long least)
{
    readonly List<double> values = [];
    bool over;

    /// <summary>Why the phase ended although the figure is not as precise as asked; null where it is.</summary>
    public string? Flag { get; private set; }

    /// <summary>Nanoseconds until the next look; 0 once the rule is met. The probe's main metric decides.</summary>
    /// <param name="window">Where given, only samples inside it count.</param>
    public long Look(List<Sample> samples, long elapsed, CommonWindow? window)
    {
        if (over) return 0;
        var timed = 0L;
        values.Clear();
        foreach (ref readonly var sample in CollectionsMarshal.AsSpan(samples))
        {
            if (sample.Metric != 0 || window?.Holds(sample) == false) continue;
            timed += sample.End - sample.Start;
            values.Add(sample.Value);
        }
        var decision = rule.Look(CollectionsMarshal.AsSpan(values), timed / 1e9, elapsed / 1e9);
        (over, Flag) = (decision.Stop, decision.FlagText);
        // Later looks get rarer, since each takes a little time from the slices.
        return over ? 0 : least > elapsed ? least - elapsed : Math.Max(5_000_000, elapsed / 64);
    }
}
