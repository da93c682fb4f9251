using GpuLab.Results;

namespace GpuLab.Statistics;

/// <summary>The samples of one repeat that make up a figure, in file order.</summary>
/// <param name="Values">Finite values.</param>
/// <param name="Before">How many of them were taken before the slices worked together; all of them where nothing comes after.</param>
/// <param name="NotFinite">Values left out because they are no numbers.</param>
/// <param name="Backwards">Samples that end before they start or start before the one before them.</param>
/// <param name="Marked">Samples that carry a mark of the worker's, by mark.</param>
sealed record Series(string Trial, int Repeat, double[] Values, int Before, int NotFinite, int Backwards, IReadOnlyDictionary<string, int> Marked)
{
    /// <summary>Of all values.</summary>
    public double Median { get; } = Values.Length == 0 ? double.NaN : Selection.Median(Values.ToArray());

    /// <summary>
    /// What ratios of the repeat are made of: the median; of what was measured both before and after others worked, the geometric mean of the two medians, so that
    /// a steady drift cancels and neither counts for more because it took more samples.
    /// </summary>
    public double Level => Before == 0 || Before == Values.Length ? Median : Middle(Selection.Median(Values.AsSpan(0, Before).ToArray()), Selection.Median(Values.AsSpan(Before).ToArray()));

    static double Middle(double before, double after) => before > 0 && after > 0 ? Math.Sqrt(before * after) : (before + after) / 2;
}

/// <summary>Gathers a <see cref="Series"/> row by row.</summary>
sealed class SeriesBuilder(string trial, int repeat, TrialWindow? window)
{
    readonly List<double> values = [];
    readonly Dictionary<string, int> marked = [];
    long lastStart = long.MinValue;
    Phase lastPhase = (Phase)(-1);
    int before, notFinite, backwards;

    public void Add(in SampleRow row)
    {
        if (row.EndNs < row.StartNs || (row.Phase == lastPhase && row.StartNs < lastStart)) backwards++;
        (lastPhase, lastStart) = (row.Phase, row.StartNs);
        if (window is not null && (row.StartNs < window.StartNs || row.EndNs > window.EndNs)) return;
        if (!double.IsFinite(row.Value))
        {
            notFinite++;
            return;
        }
        values.Add(row.Value);
        if (row.Phase != Phase.SoloAfter) before = values.Count;
        if (row.Flags is "" or SampleRow.Simulated) return;
        foreach (var mark in row.Flags.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(m => m is not (SampleRow.Simulated or SampleRow.Interleaved))) marked[mark] = marked.GetValueOrDefault(mark) + 1;
    }

    public Series Build() => new(trial, repeat, [.. values], before, notFinite, backwards, marked);
}
