using GpuLab.Model;

namespace GpuLab.Geometry;

/// <summary>
/// Answers whether a layout can exist on a GPU: with the places it would get, or with the smallest conflict and the nearest layouts that can.
/// A model of the driver's rules, not the driver: on a real GPU a create may still be refused.
/// </summary>
public sealed class LayoutFitter(GpuModel model)
{
    readonly Lazy<NearestLayouts> nearest = new(() => new(model));

    public GpuModel Model => model;

    /// <summary>Finds places, lowest starts for the largest instances first; the same layout always gets the same ones.</summary>
    /// <param name="layout">A cut layout; the uncut <see cref="Layout.Whole"/> has no places and gives no instances.</param>
    public Fit Fit(Layout layout)
    {
        if (layout.IsWhole) return new(new(model, []), null);
        if (model.Unknown is { } unknown) return new(null, new(layout, model.Key, [], unknown, []));
        return TryPlace(layout.Items) is { } placed ? new(placed, null) : new(null, Refuse(layout));
    }

    /// <summary>Whether these items can stand together; no reason given, nothing allocated but a few arrays.</summary>
    public bool Fits(IReadOnlyList<LayoutItem> items)
    {
        Span<int> starts = stackalloc int[Math.Min(items.Count, 64)];
        return TryPlace(items, starts, out _, out _);
    }

    PlacedLayout? TryPlace(IReadOnlyList<LayoutItem> items)
    {
        Span<int> starts = stackalloc int[Math.Min(items.Count, 64)];
        if (!TryPlace(items, starts, out var order, out var profiles)) return null;
        var placed = new PlacedInstance[items.Count];
        for (var i = 0; i < order.Length; i++) placed[i] = new(profiles[i], starts[i], items[order[i]].ComputeInstances);
        Array.Sort(placed, static (a, b) => a.Start.CompareTo(b.Start));
        return new(model, placed);
    }

    /// <param name="order">Indices of the items in the order of the search: fixed places first, then the longest.</param>
    /// <param name="profiles">In the same order.</param>
    bool TryPlace(IReadOnlyList<LayoutItem> items, Span<int> starts, out int[] order, out GpuInstanceProfile[] profiles)
    {
        (order, profiles) = ([], []);
        // Each instance takes at least one unit, so more items than units is an answer already, however long the text was.
        if (items.Count > model.MemoryUnits) return false;
        order = new int[items.Count];
        profiles = new GpuInstanceProfile[items.Count];
        var keys = new int[items.Count];
        for (var i = 0; i < items.Count; i++)
        {
            if (LayoutRules.Alone(model, items[i]) is not null) return false;
            profiles[i] = model.Find(items[i].Profile)!;
            order[i] = i;
            // Items are sorted by profile, so a stable key keeps twins side by side.
            keys[i] = (items[i].Start is null ? 1 << 20 : 0) - (profiles[i].Places!.Size << 12) + i;
        }
        if (LayoutRules.Together(model, profiles) is not null) return false;
        Array.Sort(keys, order);
        var wanted = new PlaceSearch.Wanted[items.Count];
        var sorted = new GpuInstanceProfile[items.Count];
        for (var i = 0; i < order.Length; i++)
        {
            var item = items[order[i]];
            sorted[i] = profiles[order[i]];
            var twin = i > 0 && item.Start is null && items[order[i - 1]].Start is null && ReferenceEquals(sorted[i], sorted[i - 1]);
            wanted[i] = new(sorted[i].Places!, item.Start ?? -1, twin);
        }
        profiles = sorted;
        return new PlaceSearch(model.MemoryUnits!.Value, wanted, starts).Run();
    }

    Refusal Refuse(Layout layout)
    {
        foreach (var item in layout.Items)
        {
            if (LayoutRules.Alone(model, item) is { } wrong) return new(layout, model.Key, [item], wrong, nearest.Value.To(layout));
        }
        var conflict = new SmallestConflict(this).In(layout.Items);
        return new(layout, model.Key, conflict, SmallestConflict.Reason(model, conflict), nearest.Value.To(layout));
    }
}
