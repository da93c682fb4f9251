namespace GpuLab.Control.Mig;

/// <summary>How long steps take: as they did in the last change of this GPU, or, where it has none of a kind, as published of other GPUs.</summary>
/// <remarks>
/// Published: destroying a GPU instance takes about a second (the Kubernetes DRA driver waits for it). The rest are assumptions: a mode
/// change 5 s, a create 0.2 s, destroying a compute instance 0.1 s.
/// </remarks>
public sealed class MigTimes
{
    /// <summary>Seconds where nothing is known of a GPU; a simulated one takes as long.</summary>
    internal const double Mode = 5, DestroyInstance = 1, DestroyCompute = 0.1, Create = 0.2;

    static readonly Dictionary<Type, double> assumed = new()
    {
        [typeof(MigStep.SetMode)] = Mode, [typeof(MigStep.DestroyInstance)] = DestroyInstance, [typeof(MigStep.DestroyCompute)] = DestroyCompute,
        [typeof(MigStep.CreateInstance)] = Create, [typeof(MigStep.CreateCompute)] = Create,
    };

    readonly IReadOnlyDictionary<Type, double> measured;
    readonly DateTimeOffset when;

    MigTimes(IReadOnlyDictionary<Type, double> measured, DateTimeOffset when) => (this.measured, this.when) = (measured, when);

    /// <param name="last">The last change of this GPU; null where there was none.</param>
    public static MigTimes Of(MigStory? last) => last is null ? new(new Dictionary<Type, double>(), default)
        : new(last.Took.GroupBy(t => t.Step.GetType(), t => t.Seconds).ToDictionary(g => g.Key, g => g.Average()), last.Time);

    /// <summary>Seconds, estimated.</summary>
    public double Of(IReadOnlyList<MigStep> steps) => steps.Sum(s => measured.GetValueOrDefault(s.GetType(), assumed[s.GetType()]));

    /// <summary>Where the estimate of some steps comes from, for the reader.</summary>
    public string Source(IReadOnlyList<MigStep> steps)
    {
        if (!steps.Any(s => measured.ContainsKey(s.GetType()))) return "estimated from what is published of other GPUs";
        var rest = steps.All(s => measured.ContainsKey(s.GetType())) ? "" : ", the rest from what is published of other GPUs";
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"estimated from this GPU's change of {when:yyyy-MM-dd}{rest}");
    }
}
