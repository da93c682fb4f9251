namespace GpuLab.Geometry;

/// <summary>How a peak figure is known, best first.</summary>
public enum Known { Read, Derived, FromMemory }

/// <summary>One figure in SI units and how it is known.</summary>
/// <param name="Source">What it was read from, the arithmetic it was derived by, or that it was recalled.</param>
public readonly record struct SpecValue(double Value, Known How, string Source);

/// <summary>
/// Peak figures of one product. A figure that is absent is unknown; <see cref="Unsupported"/> names formats that the GPU does not have.
/// </summary>
/// <param name="Values">
/// By name: <c>sms</c>, <c>memory</c> (B), <c>memory_bandwidth</c> (B/s), <c>l2</c> (B), <c>sm_clock</c> and <c>memory_clock</c> (Hz),
/// <c>bus_bits</c>, <c>link</c> (B/s one way over PCIe, before packet overhead), <c>nvlink</c> (B/s, both ways together), <c>power</c> (W), <c>bar1</c> (B),
/// <c>copy_engines</c>, and dense rates in FLOP/s or OP/s: <c>fp64 fp64_tc fp32 tf32 bf16 fp8 fp4 int8</c>.
/// </param>
/// <param name="Texts">What is not one number: <c>pcie</c>, <c>host_link</c> …</param>
public sealed record GpuSpec(string Key, string Architecture, string ComputeCapability, IReadOnlyDictionary<string, SpecValue> Values,
    IReadOnlyDictionary<string, string> Texts, IReadOnlyList<string> Unsupported, IReadOnlyList<string> Unsure)
{
    /// <summary>The figure of that name, or null where it is unknown.</summary>
    public SpecValue? this[string name] => Values.TryGetValue(name, out var value) ? value : null;

    /// <summary>These figures, and those of another block where this one has none.</summary>
    public GpuSpec Over(GpuSpec below)
    {
        var values = new Dictionary<string, SpecValue>(below.Values);
        foreach (var (name, value) in Values) values[name] = value;
        var texts = new Dictionary<string, string>(below.Texts);
        foreach (var (name, text) in Texts) texts[name] = text;
        return this with { Values = values, Texts = texts, Unsupported = [.. below.Unsupported.Union(Unsupported).Where(u => !values.ContainsKey(u))] };
    }
}
