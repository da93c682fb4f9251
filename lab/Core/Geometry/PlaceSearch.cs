namespace GpuLab.Geometry;

/// <summary>
/// Finds places for a few instances by depth-first search over a bit mask of memory units: the first in canonical order,
/// longest instances first and lowest starts first, so that the same layout always gets the same places.
/// </summary>
/// <param name="units">Memory units of the GPU, at most 64.</param>
ref struct PlaceSearch(int units, ReadOnlySpan<PlaceSearch.Wanted> wanted, Span<int> starts)
{
    /// <summary>From so many steps on, dead ends are remembered: real GPUs stay far below, a contrived file might not.</summary>
    const int Patience = 4096;

    readonly ReadOnlySpan<Wanted> wanted = wanted;
    readonly Span<int> starts = starts;
    int steps;
    HashSet<(int Index, int From, ulong Taken)>? dead;

    /// <summary>An instance that needs a place.</summary>
    /// <param name="Fixed">The start asked for, or -1.</param>
    /// <param name="Twin">Whether it may be swapped with the one before it: then only ascending starts are tried.</param>
    internal readonly record struct Wanted(PlaceGrid Places, int Fixed, bool Twin);

    /// <summary>Fills the starts; false where there is no way.</summary>
    public bool Run()
    {
        var needed = 0;
        foreach (var one in wanted) needed += one.Places.Size;
        return needed <= units && From(0, 0);
    }

    bool From(int index, ulong taken)
    {
        if (index == wanted.Length) return true;
        var (places, at, twin) = wanted[index];
        if (at >= 0)
        {
            var mask = places.Mask(at);
            starts[index] = at;
            return (taken & mask) == 0 && From(index + 1, taken | mask);
        }
        var from = twin ? starts[index - 1] + 1 : 0;
        if (++steps > Patience && (dead ??= []).Contains((index, from, taken))) return false;
        var grid = places.Starts;
        for (var i = 0; i < grid.Count; i++)
        {
            var start = grid[i];
            if (start < from) continue;
            var mask = places.Mask(start);
            if ((taken & mask) != 0) continue;
            starts[index] = start;
            if (From(index + 1, taken | mask)) return true;
        }
        dead?.Add((index, from, taken));
        return false;
    }
}
