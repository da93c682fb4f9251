using System.Globalization;

namespace GpuLab.Probes.Kernels;

/// <summary>Where a result differs from its reference, as a sentence; null where nowhere.</summary>
static class Differences
{
    public static string? First<T>(string what, ReadOnlySpan<T> expected, ReadOnlySpan<T> found) where T : unmanaged, IEquatable<T>, IFormattable
    {
        if (expected.Length != found.Length) return string.Create(CultureInfo.InvariantCulture, $"{what}: {found.Length} values instead of {expected.Length}");
        var place = expected.CommonPrefixLength(found);
        return place == expected.Length ? null : string.Create(CultureInfo.InvariantCulture, $"{what}: value {place} is {found[place]} instead of {expected[place]}");
    }
}
