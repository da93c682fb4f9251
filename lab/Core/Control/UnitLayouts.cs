using GpuLab.Model;

namespace GpuLab.Control;

/// <summary>The layouts of a device that is cut anywhere between equal units, such as cores: slices are sums of units.</summary>
public static class UnitLayouts
{
    /// <summary>Larger slices first. Lazy: 64 cores have 1.7 million maximal layouts.</summary>
    /// <param name="units">How many units the device has.</param>
    public static IEnumerable<Layout> Generate(string family, ProfileKind kind, int units) => family switch
    {
        LayoutFamilies.Uniform => Sizes(units).Select(size => Of(kind, Enumerable.Repeat(size, units / size))),
        LayoutFamilies.Maximal => Sums(units, units).Select(sizes => Of(kind, sizes)),
        LayoutFamilies.All => Sizes(units).SelectMany(total => Sums(total, total)).Select(sizes => Of(kind, sizes)),
        _ => throw new ArgumentOutOfRangeException(nameof(family), family, "not a family of layouts"),
    };

    static IEnumerable<int> Sizes(int units) => Enumerable.Range(0, units).Select(i => units - i);

    /// <summary>All ways of writing a total as a sum of parts no larger than <paramref name="largest"/>, order aside.</summary>
    static IEnumerable<int[]> Sums(int total, int largest)
    {
        if (total == 0) return [[]];
        return Enumerable.Range(0, Math.Min(total, largest)).Select(i => Math.Min(total, largest) - i)
            .SelectMany(part => Sums(total - part, part).Select(rest => (int[])[part, .. rest]));
    }

    static Layout Of(ProfileKind kind, IEnumerable<int> sizes) => new(sizes.Select(size => new LayoutItem(new Profile(kind, size))));
}
