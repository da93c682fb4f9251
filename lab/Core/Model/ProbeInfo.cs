namespace GpuLab.Model;

/// <summary>What a probe loads, for choosing aggressors and for grouping figures.</summary>
public enum Resource { Memory, Cache, Latency, Link, Compute, Launch, Storage, Model, Control }

/// <summary>Default stopping precision by kind of figure (MEASUREMENT 2.7): the relative half-width of the interval of the median.</summary>
public static class Precision
{
    public const double Rate = 0.005, Latency = 0.01, Loading = 0.05;
}

/// <summary>
/// A probe as metadata: the same on every device. What carries it out is chosen by the device (<see cref="GpuLab.Running.IProbe"/>).
/// </summary>
/// <param name="Id">Such as <c>mem.triad</c>; shared by all devices.</param>
/// <param name="Precision">Relative half-width of the median's interval at which a repeat stops.</param>
/// <param name="Axis">The parameter over which this probe's figures form a curve, or null.</param>
public sealed record ProbeInfo(string Id, string Summary, Resource Resource, IReadOnlyList<Metric> Metrics,
    IReadOnlyList<Parameter> Parameters, double Precision, string? Axis = null)
{
    /// <summary>The metric that tables show.</summary>
    public Metric Main => Metrics[0];

    /// <summary>The parameter that says for how many seconds it has to work before its figures count; null where none does.</summary>
    public string? Sustained { get; init; }

    /// <summary>Given where one sample takes so long that a repeat counts samples instead of waiting for a narrow interval; null for the sweep's own rule.</summary>
    public SlowSamples? Slow { get; init; }

    /// <summary>Whether several slices can do it as one piece of work (mode joint).</summary>
    public bool Joint { get; init; }
}

/// <summary>How a probe is repeated whose every sample is a whole start, load or generation.</summary>
/// <param name="Count">Samples of a repeat at normal effort; half at quick effort.</param>
/// <param name="Seconds">What one usually takes, for estimates.</param>
public readonly record struct SlowSamples(int Count, double Seconds)
{
    /// <summary>Fewer say nothing about their spread.</summary>
    public const int Least = 3;
}
