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

    public static string? First<T>(string what, T[] expected, T[] found) where T : unmanaged, IEquatable<T>, IFormattable =>
        First<T>(what, (ReadOnlySpan<T>)expected, found);

    /// <summary>The same where sums may be made in another order.</summary>
    public static string? Beyond(string what, double tolerance, double[] expected, float[] found)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            // Written so that no number at all is a difference too.
            if (!(Math.Abs(expected[i] - found[i]) <= tolerance))
                return string.Create(CultureInfo.InvariantCulture, $"{what}: value {i} is {found[i]:R} instead of {expected[i]:R}, more than {tolerance:G3} away");
        }
        return null;
    }
}
