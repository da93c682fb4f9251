using System.Globalization;
using System.Text.RegularExpressions;
using GpuLab.Results;

namespace GpuLab.Statistics;

/// <summary>A level of the data caches.</summary>
readonly record struct CacheSize(string Name, double Bytes);

/// <summary>Sizes of data caches as a run's provenance tells them: entries such as <c>L1d: 2 × 48 KiB, each shared by …</c>, <c>L2 cache: 2 MiB</c>, or <c>caches: L1d 48 KiB, L2 2 MiB</c>.</summary>
static partial class CacheSizes
{
    /// <summary>One size for each level, by level; levels that are not told are left out.</summary>
    public static IReadOnlyList<CacheSize> Of(RunInfo info) =>
    [
        .. info.Provenance.SelectMany(s => s.Value).SelectMany(e => Sizes($"{e.Key} {e.Value}")).GroupBy(c => c.Name).Select(g => g.First()).OrderBy(c => c.Name, StringComparer.Ordinal),
    ];

    static IEnumerable<CacheSize> Sizes(string text) => Pattern().Matches(text).Where(m => m.Groups["kind"].Value is not ("i" or "I")).Select(m => new CacheSize(
        $"L{m.Groups["level"].Value}",
        double.Parse(m.Groups["size"].ValueSpan, CultureInfo.InvariantCulture) * (m.Groups["unit"].Value is "K" ? 1 << 10 : m.Groups["unit"].Value is "M" ? 1 << 20 : 1 << 30)));

    [GeneratedRegex(@"\bL(?<level>[1-4])(?<kind>[dDiI]?)\b[^0-9L,;]*([0-9]+\s*×\s*)?(?<size>[0-9]+(\.[0-9]+)?)\s*(?<unit>[KMG])i?B?\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();
}
