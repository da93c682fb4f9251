using System.Collections;

namespace GpuLab.Results;

/// <summary>
/// Rows of samples at a third of their memory: what stays the same from row to row is kept once for as long as it does, and rows are made when they are asked for.
/// </summary>
sealed class SampleTable : IRowList<SampleRow>
{
    readonly List<Stretch> stretches = [];
    readonly List<Kind> kinds = [];
    readonly Dictionary<Kind, int> numbers = [];
    readonly List<long> starts = [], ends = [];
    readonly List<double> values = [];
    readonly List<int> kindOf = [];
    int lastKind = -1;

    public int Count => values.Count;

    public int Capacity
    {
        set => (starts.Capacity, ends.Capacity, values.Capacity, kindOf.Capacity) = (value, value, value, value);
    }

    public SampleRow this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            var (low, high) = (0, stretches.Count - 1);
            while (low < high)
            {
                var middle = (low + high + 1) / 2;
                if (stretches[middle].First <= index) low = middle;
                else high = middle - 1;
            }
            return Row(stretches[low], index);
        }
    }

    public void Add(SampleRow row)
    {
        if (stretches.Count == 0 || !Continues(stretches[^1], row)) stretches.Add(new(Count, row.Trial, row.Repeat, row.Slice, row.Phase, row.Index));
        kindOf.Add(Number(new(row.Metric, row.K, row.Flags)));
        starts.Add(row.StartNs);
        ends.Add(row.EndNs);
        values.Add(row.Value);
    }

    public IEnumerator<SampleRow> GetEnumerator()
    {
        for (var s = 0; s < stretches.Count; s++)
        {
            var (stretch, end) = (stretches[s], s + 1 < stretches.Count ? stretches[s + 1].First : Count);
            for (var i = stretch.First; i < end; i++) yield return Row(stretch, i);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    bool Continues(Stretch last, in SampleRow row) =>
        row.Index - last.Index == Count - last.First && row.Phase == last.Phase && row.Repeat == last.Repeat && row.Trial == last.Trial && row.Slice == last.Slice;

    SampleRow Row(Stretch stretch, int index)
    {
        var kind = kinds[kindOf[index]];
        return new(stretch.Trial, stretch.Repeat, stretch.Slice, stretch.Phase, stretch.Index + (index - stretch.First), kind.Metric, starts[index], ends[index], kind.K, values[index], kind.Flags);
    }

    int Number(Kind kind)
    {
        if (lastKind >= 0 && kinds[lastKind] == kind) return lastKind;
        if (!numbers.TryGetValue(kind, out lastKind))
        {
            numbers[kind] = lastKind = kinds.Count;
            kinds.Add(kind);
        }
        return lastKind;
    }

    /// <summary>Rows of one slice in one phase that are numbered one after the other.</summary>
    /// <param name="First">Its first row.</param>
    /// <param name="Index">Of that row's sample.</param>
    readonly record struct Stretch(int First, string Trial, int Repeat, string Slice, Phase Phase, long Index);

    /// <summary>A column each that hardly varies; probes with several metrics give them by turns.</summary>
    readonly record struct Kind(string Metric, long K, string Flags);
}
