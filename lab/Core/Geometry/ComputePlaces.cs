using System.Numerics;

namespace GpuLab.Geometry;

/// <summary>
/// Where compute instances lie inside a GPU instance, in compute slices: aligned to the next power of two of their size.
/// </summary>
/// <remarks>Inferred from the counts that drivers report (one 2c in a 3g, three 2c and two 3c in a 7g); a driver's own answer wins.</remarks>
public static class ComputePlaces
{
    /// <summary>Starts that an instance of that many compute slices may have.</summary>
    public static IReadOnlyList<int> Starts(int slices, int of)
    {
        var step = (int)BitOperations.RoundUpToPowerOf2((uint)slices);
        return [.. Enumerable.Range(0, of).Where(s => s % step == 0 && s + slices <= of)];
    }

    /// <summary>A start for each of these sizes, largest first; they fit whenever they add up to no more than there is.</summary>
    public static IReadOnlyList<int> Of(int slices, IReadOnlyList<int> parts)
    {
        var starts = new int[parts.Count];
        var wanted = new PlaceSearch.Wanted[parts.Count];
        for (var i = 0; i < parts.Count; i++) wanted[i] = new(new(Starts(parts[i], slices), parts[i], "rule"), -1, i > 0 && parts[i] == parts[i - 1]);
        return new PlaceSearch(slices, wanted, starts).Run() ? starts
            : throw new GeometryException($"Compute instances of {string.Join(" and ", parts)} slices have no places in {slices}.");
    }
}
