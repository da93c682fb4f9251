namespace GpuLab.Probes.Llm;

/// <summary>How weights become whole numbers: those of a group share a scale in bf16, and the range is symmetric.</summary>
static class Quantised
{
    /// <summary>Neighbours along a row of the matrix that share a scale.</summary>
    public const int Group = 64;

    /// <summary>The largest number of a quantised weight.</summary>
    public static int Most(WeightFormat format) => format == WeightFormat.Int8 ? 127 : 7;

    /// <summary>The scale of a group, as the bits of a bf16 number; rounded up, so that no weight is beyond the range.</summary>
    public static ushort Scale(ReadOnlySpan<float> group, WeightFormat format)
    {
        var largest = 0f;
        foreach (var weight in group) largest = Math.Max(largest, Math.Abs(weight));
        return Bf16.RoundUp(largest / Most(format));
    }

    /// <summary>The whole number of a weight.</summary>
    public static int Level(float weight, ushort scale) => Bf16.Widen(scale) is > 0 and var step ? (int)MathF.Round(weight / step) : 0;
}
