namespace GpuLab.Simulation;

/// <summary>Effects planted in a simulated run: the known truth that its analysis is tested against and never sees.</summary>
/// <param name="Effects">In file order; where several apply, all do.</param>
public sealed record Plant(IReadOnlyList<PlantedEffect> Effects)
{
    public static readonly Plant None = new([]);
}

/// <summary>What an effect applies to; what is left out applies to all.</summary>
/// <param name="Slice">Name (<c>1g.18gb@0</c>) or profile (<c>1g.18gb</c>) with <c>*</c> for any rest.</param>
/// <param name="Resource">In lower case, as <see cref="Model.Resource"/> names it.</param>
/// <param name="Probe">Id, with <c>*</c> for any rest.</param>
/// <param name="Repeat">From 1.</param>
public sealed record PlantedWhere(string? Slice = null, string? Resource = null, string? Probe = null, int? Repeat = null)
{
    public bool Holds(string slice, Model.ProbeInfo probe, int repeat) =>
        Matches(Slice, slice) && Matches(Probe, probe.Id) && (Repeat is null || Repeat == repeat)
        && (Resource is null || string.Equals(Resource, probe.Resource.ToString(), StringComparison.OrdinalIgnoreCase));

    /// <summary>For a sentence: <c>slice 1g.18gb@0, probe mem.*</c>.</summary>
    public override string ToString()
    {
        string?[] parts = [Slice is null ? null : $"slice {Slice}", Resource is null ? null : $"resource {Resource}", Probe is null ? null : $"probe {Probe}", Repeat is null ? null : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"repeat {Repeat}")];
        return parts.OfType<string>().DefaultIfEmpty("everything").Aggregate((a, b) => $"{a}, {b}");
    }

    /// <summary>A profile stands for every slice of it.</summary>
    static bool Matches(string? pattern, string text)
    {
        if (pattern is null) return true;
        if (pattern.EndsWith('*')) return text.StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal);
        return text == pattern || text.StartsWith(pattern, StringComparison.Ordinal) && text[pattern.Length] == '@';
    }
}

/// <summary>One planted effect. Sizes are shares: 0.1 is 10 %.</summary>
public abstract record PlantedEffect(PlantedWhere Where)
{
    /// <summary>A victim keeps 1 − <paramref name="Size"/> of its performance while an aggressor works beside it.</summary>
    /// <param name="Aggressor">The slices and probes that do it.</param>
    public sealed record Coupling(PlantedWhere Where, PlantedWhere Aggressor, double Size) : PlantedEffect(Where);

    /// <summary>Performance changes with time: so much a second of a trial, and so much from one repeat to the next.</summary>
    public sealed record Drift(PlantedWhere Where, double PerSecond, double PerRepeat) : PlantedEffect(Where);

    /// <summary>Relative deviation of samples within a phase, of whole repeats, and of the phases of a repeat; in place of the model's own.</summary>
    /// <param name="Between">A ratio of phases of one repeat does not feel it: it slows all of them down alike.</param>
    /// <param name="Phases">Each phase of each slice draws its own: what measuring alone, together and alone again cannot cancel.</param>
    public sealed record Noise(PlantedWhere Where, double? Within, double? Between, double? Phases) : PlantedEffect(Where);

    /// <summary>A share of the samples takes longer by <paramref name="Size"/>.</summary>
    public sealed record Outliers(PlantedWhere Where, double Share, double Size) : PlantedEffect(Where);

    /// <summary>A share of the time, in runs of <paramref name="Run"/> samples, everything takes longer by <paramref name="Size"/>.</summary>
    public sealed record Bimodal(PlantedWhere Where, double Share, double Size, int Run) : PlantedEffect(Where);

    /// <summary>From <paramref name="After"/> seconds into each phase the clock is at <paramref name="To"/> of its usual one.</summary>
    public sealed record Throttle(PlantedWhere Where, double After, double To) : PlantedEffect(Where);

    /// <summary>The worker starts so many seconds after the others.</summary>
    public sealed record Late(PlantedWhere Where, double By) : PlantedEffect(Where);

    /// <summary>The worker's clock is off by seconds, runs fast by <paramref name="Fast"/>, and shows intervals shorter by <paramref name="Lie"/>.</summary>
    public sealed record Clock(PlantedWhere Where, double Offset, double Fast, double Lie) : PlantedEffect(Where);

    /// <summary>The worker's process ends by SIGKILL so many seconds into a phase.</summary>
    public sealed record Die(PlantedWhere Where, double After) : PlantedEffect(Where);

    /// <summary>The worker stops producing samples so many seconds into a phase, and lives.</summary>
    public sealed record Hang(PlantedWhere Where, double After) : PlantedEffect(Where);

    /// <summary>The worker takes no more samples of a phase after so many seconds, and goes on as if it did.</summary>
    public sealed record Stop(PlantedWhere Where, double After) : PlantedEffect(Where);

    /// <summary>The host link runs at <paramref name="To"/> of its rate, as one trained down does.</summary>
    public sealed record SlowLink(PlantedWhere Where, double To) : PlantedEffect(Where);

    /// <summary>The storage of the machine around the GPU reads at <paramref name="To"/> of what is declared.</summary>
    public sealed record SlowDisk(PlantedWhere Where, double To) : PlantedEffect(Where);

    /// <summary>The link does not share fairly: these slices count for <paramref name="Weight"/> where others count for 1.</summary>
    public sealed record UnfairLink(PlantedWhere Where, double Weight) : PlantedEffect(Where);

    /// <summary>One SM of the slice runs at <paramref name="To"/> of its clock; work that is dealt out evenly waits for it.</summary>
    public sealed record BadSm(PlantedWhere Where, double To) : PlantedEffect(Where);
}
