using GpuLab.Model;

namespace GpuLab.Control.Host;

/// <summary>
/// Finds a run of cores for every item: those with a place first, then the largest. Runs within one NUMA node are tried before
/// others, and the tightest gap before wider ones; a choice that leaves a later item without a place is taken back.
/// </summary>
sealed class CorePlacer(IReadOnlyList<HostCore> cores, IReadOnlyList<LayoutItem> items)
{
    /// <summary>Choices looked at before giving up; only layouts with many fixed places come near it.</summary>
    const int Patience = 200_000;

    readonly bool[] taken = new bool[cores.Count];
    readonly int[] starts = new int[items.Count];
    int looks;

    /// <summary>The start of every item in the order given; null where there is no way.</summary>
    public IReadOnlyList<int>? Starts()
    {
        var order = Enumerable.Range(0, items.Count).OrderBy(i => items[i].Start is null).ThenByDescending(i => items[i].Profile.Size).ToArray();
        return Fill(order, 0) ? starts : null;
    }

    bool Fill(int[] order, int next)
    {
        if (next == order.Length) return true;
        var item = items[order[next]];
        var size = item.Profile.Size;
        foreach (var start in item.Start is { } fixedStart ? [fixedStart] : Candidates(size))
        {
            if (++looks > Patience) return false;
            if (start + size > cores.Count || taken.AsSpan(start, size).Contains(true)) continue;
            taken.AsSpan(start, size).Fill(true);
            starts[order[next]] = start;
            if (Fill(order, next + 1)) return true;
            taken.AsSpan(start, size).Clear();
        }
        return false;
    }

    List<int> Candidates(int size) =>
        [.. Enumerable.Range(0, Math.Max(0, cores.Count - size + 1))
            .Where(start => !taken.AsSpan(start, size).Contains(true))
            .OrderBy(start => cores[start].Node != cores[start + size - 1].Node)
            .ThenBy(GapWithinNode).ThenBy(start => start)];

    /// <summary>Free cores around a start that lie in its node.</summary>
    int GapWithinNode(int start)
    {
        var (low, high) = (start, start);
        while (low > 0 && !taken[low - 1] && cores[low - 1].Node == cores[start].Node) low--;
        while (high + 1 < cores.Count && !taken[high + 1] && cores[high + 1].Node == cores[start].Node) high++;
        return high - low + 1;
    }
}
