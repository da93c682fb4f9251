namespace GpuLab.Geometry;

/// <summary>The ways of cutting GPU instances into compute instances, as multisets of sizes.</summary>
static class ComputeCuts
{
    /// <summary>Each way with the largest part first; one that takes all is written as the empty array, as in layouts.</summary>
    public static int[][] Of(GpuInstanceProfile profile, ComputeSplits splits)
    {
        if (splits == ComputeSplits.One) return [[]];
        var found = new List<int[]>();
        var sizes = profile.ComputeSizes.OrderDescending().ToArray();
        Cut(sizes, 0, profile.ComputeSlices, [], splits == ComputeSplits.Partial, found);
        return [.. found.Select(f => f is [var only] && only == profile.ComputeSlices ? [] : f)];
    }

    static void Cut(int[] sizes, int from, int left, List<int> parts, bool partial, List<int[]> found)
    {
        if (parts.Count > 0 && (left == 0 || partial)) found.Add([.. parts]);
        for (var i = from; i < sizes.Length; i++)
        {
            if (sizes[i] > left) continue;
            parts.Add(sizes[i]);
            Cut(sizes, i, left - sizes[i], parts, partial, found);
            parts.RemoveAt(parts.Count - 1);
        }
    }
}
