using System.Globalization;

namespace GpuLab.Model;

/// <summary>One slice of a layout: its profile, its place where one is asked for, and how it is cut into compute instances.</summary>
/// <param name="Start">First unit it occupies (memory units for MIG, cores for the host), or null where any place will do.</param>
/// <param name="ComputeInstances">Sizes of the compute instances in compute slices, largest first; empty for one that takes all.</param>
public sealed record LayoutItem(Profile Profile, int? Start = null, params int[] ComputeInstances) : IComparable<LayoutItem>
{
    public bool Equals(LayoutItem? other) => other is not null && Profile == other.Profile && Start == other.Start
        && ComputeInstances.AsSpan().SequenceEqual(other.ComputeInstances);

    public override int GetHashCode() => HashCode.Combine(Profile, Start, ComputeInstances.Length);

    public int CompareTo(LayoutItem? other)
    {
        if (other is null) return -1;
        var order = Profile.CompareTo(other.Profile);
        if (order == 0) order = (Start ?? int.MaxValue).CompareTo(other.Start ?? int.MaxValue);
        return order != 0 ? order : other.ComputeInstances.AsSpan().SequenceCompareTo(ComputeInstances);
    }

    public override string ToString()
    {
        var at = Start is { } start ? string.Create(CultureInfo.InvariantCulture, $"@{start}") : "";
        var parts = ComputeInstances.Length == 0 ? "" : $"({Layout.Joined(ComputeInstances.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c}c")))})";
        return $"{Profile}{at}{parts}";
    }
}
