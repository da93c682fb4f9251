using System.Globalization;
using GpuLab.Model;

namespace GpuLab.Geometry;

/// <summary>A GPU instance with its place, cut into compute instances.</summary>
/// <param name="Start">First memory unit.</param>
/// <param name="ComputeInstances">Sizes in compute slices, largest first; empty for one that takes all.</param>
public readonly record struct PlacedInstance(GpuInstanceProfile Profile, int Start, int[] ComputeInstances)
{
    public int Size => Profile.Places!.Size;

    public LayoutItem Item => new(Profile.Name, Start, ComputeInstances);
}

/// <summary>A layout with a place for every GPU instance, by ascending start.</summary>
public sealed record PlacedLayout(GpuModel Model, IReadOnlyList<PlacedInstance> Instances)
{
    /// <summary>The same as a layout, with its places written out.</summary>
    public Layout Layout => new(Instances.Select(i => i.Item));

    /// <summary>The same as a layout without places: the multiset.</summary>
    public Layout Multiset => new(Instances.Select(i => new LayoutItem(i.Profile.Name, null, i.ComputeInstances)));

    public override string ToString() => Layout.ToString();
}

/// <summary>Why a layout cannot exist on a GPU.</summary>
/// <param name="Conflict">The smallest set of its items that cannot stand together; empty where it is not about items.</param>
/// <param name="Reason">Why those cannot, as the end of a sentence.</param>
/// <param name="Nearest">Legal layouts that need the fewest changes, nearest first.</param>
public sealed record Refusal(Layout Asked, string Gpu, IReadOnlyList<LayoutItem> Conflict, string Reason, IReadOnlyList<Layout> Nearest)
{
    /// <summary>One sentence for the user.</summary>
    public override string ToString()
    {
        var nearest = Nearest.Count == 0 ? "" : $" Nearest that fit: {string.Join(", ", Nearest)}.";
        return $"{Short(Asked.ToString())} does not fit on {Gpu}: {Reason}.{nearest}";
    }

    internal static string Short(string text) => text.Length <= 80 ? text : string.Create(CultureInfo.InvariantCulture, $"{text[..77]}… ({text.Length} characters)");
}

/// <summary>Either the places of a layout or the reason why there are none.</summary>
public readonly record struct Fit(PlacedLayout? Placed, Refusal? Refusal);
