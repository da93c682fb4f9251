namespace GpuLab.Statistics;

/// <summary>
/// When a cell that is measured until its verdicts are certain is looked at, and how certain they have to be. Who looks often finds something sooner or later, so
/// the looks are fixed beforehand and share one risk (repeated significance tests with a fixed number of looks, Pocock 1977; the risk is divided equally, which by
/// Boole's inequality holds whatever the looks have in common).
/// </summary>
/// <param name="most">Repeats that the sweep asks for: the last of them needs no look.</param>
public sealed class InterimLooks(int most)
{
    /// <summary>
    /// Chance that any look ends a cell with a verdict of one kind that is wrong. A cell that goes on to its last repeat is called that wrongly with the same chance,
    /// by the interval of 95 %: both together stay within 5 %.
    /// </summary>
    const double Risk = 0.025;

    readonly int[] after = [.. After(most)];

    /// <summary>Confidence of the interval that has to agree after so many repeats; null where nobody looks.</summary>
    public double? Confidence(int repeats) => Array.IndexOf(after, repeats) < 0 ? null : 1 - 2 * Risk / after.Length;

    /// <summary>Further and further apart: what few more repeats would change is little.</summary>
    static IEnumerable<int> After(int most)
    {
        for (var n = LogRatio.LeastRepeats; n < most; n += Math.Max(2, n / 3)) yield return n;
    }
}
