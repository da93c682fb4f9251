namespace GpuLab.Simulation;

/// <summary>The planted effects of one slice in one phase, ready to be asked sample by sample. Allocates nothing after that.</summary>
/// <param name="effects">Those that apply to the slice, its probe and the repeat.</param>
/// <param name="noise">Of the trial and the slice.</param>
/// <param name="coupled">Duty of the aggressors of a coupling that work beside it: 1 for back to back, 0 where there are none.</param>
public sealed class PlantedTiming(IReadOnlyList<PlantedEffect> effects, HashNoise noise, int repeat, Func<PlantedEffect.Coupling, double> coupled)
{
    readonly PlantedEffect.Outliers[] outliers = [.. effects.OfType<PlantedEffect.Outliers>()];
    readonly PlantedEffect.Bimodal[] bimodal = [.. effects.OfType<PlantedEffect.Bimodal>()];
    readonly PlantedEffect.Throttle[] throttles = [.. effects.OfType<PlantedEffect.Throttle>()];
    readonly HashNoise rare = noise.For("outliers"), modes = noise.For("modes");
    readonly double perSecond = effects.OfType<PlantedEffect.Drift>().Sum(d => d.PerSecond);
    readonly double constant = effects.OfType<PlantedEffect.Coupling>().Aggregate(1.0, (all, c) => all / (1 - c.Size * coupled(c)))
        / (1 + effects.OfType<PlantedEffect.Drift>().Sum(d => d.PerRepeat) * (repeat - 1));

    /// <summary>Seconds the worker starts late.</summary>
    public double Late { get; } = effects.OfType<PlantedEffect.Late>().Sum(l => l.By);

    /// <summary>Seconds into a phase at which the worker dies; infinite where it does not.</summary>
    public double DiesAfter { get; } = effects.OfType<PlantedEffect.Die>().Select(d => d.After).DefaultIfEmpty(double.PositiveInfinity).Min();

    /// <summary>Seconds into a phase at which the worker hangs; infinite where it does not.</summary>
    public double HangsAfter { get; } = effects.OfType<PlantedEffect.Hang>().Select(d => d.After).DefaultIfEmpty(double.PositiveInfinity).Min();

    /// <summary>Seconds into a phase after which the worker takes no more samples; infinite where it does.</summary>
    public double StopsAfter { get; } = effects.OfType<PlantedEffect.Stop>().Select(d => d.After).DefaultIfEmpty(double.PositiveInfinity).Min();

    public PlantedEffect.Clock? Clock { get; } = effects.OfType<PlantedEffect.Clock>().LastOrDefault();

    /// <summary>By how much longer a sample takes.</summary>
    /// <param name="trial">Seconds since the trial began.</param>
    /// <param name="phase">Seconds since the phase began.</param>
    /// <param name="throttled">Whether a throttled clock is part of it.</param>
    public double Factor(double trial, double phase, long index, out bool throttled)
    {
        var factor = constant / Math.Max(0.01, 1 + perSecond * trial);
        throttled = false;
        foreach (var effect in throttles)
        {
            if (phase < effect.After) continue;
            factor /= effect.To;
            throttled = true;
        }
        foreach (var effect in outliers)
        {
            if (rare.Uniform(index) < effect.Share) factor *= 1 + effect.Size;
        }
        foreach (var effect in bimodal)
        {
            if (modes.Uniform(index / effect.Run) < effect.Share) factor *= 1 + effect.Size;
        }
        return factor;
    }
}
