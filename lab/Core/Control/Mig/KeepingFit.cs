using System.Numerics;
using GpuLab.Geometry;
using GpuLab.Model;

namespace GpuLab.Control.Mig;

/// <summary>
/// Places for a layout that leave as many instances as possible where they are: what stays need not be destroyed and created, so the
/// change is the least there is.
/// </summary>
static class KeepingFit
{
    /// <param name="present">What is there; nothing where MIG mode is off.</param>
    public static Fit Of(LayoutFitter fitter, Layout layout, MigSnapshot present)
    {
        var first = fitter.Fit(layout);
        var open = layout.Items.Where(i => i.Start is null).ToArray();
        if (first.Placed is null || open.Length == 0) return first;
        var there = present.Instances.Select(i => Item(fitter.Model, i)).Where(i => open.Any(o => o.Profile == i?.Profile)).OfType<LayoutItem>().ToArray();
        // At most a strip's worth of instances, so every choice of those that stay can be tried, most first; among equals those cut as wanted.
        foreach (var choice in Enumerable.Range(1, (1 << there.Length) - 1).OrderByDescending(c => BitOperations.PopCount((uint)c)).ThenByDescending(c => Alike(c, there, open)))
        {
            if (Pinned(choice, there, open) is { } pinned && fitter.Fit(new([.. layout.Items.Where(i => i.Start is not null), .. pinned])) is { Placed: not null } fit) return fit;
        }
        return first;
    }

    static LayoutItem? Item(GpuModel model, MigSnapshot.Instance instance)
    {
        if (model.Profiles.FirstOrDefault(p => p.Id == instance.ProfileId) is not { } profile) return null;
        int[] parts = [.. instance.Computes.Select(c => c.Place.Size).OrderDescending()];
        return new(profile.Name, instance.Place.Start, parts is [var one] && one == profile.ComputeSlices ? [] : parts);
    }

    static int Alike(int choice, LayoutItem[] there, LayoutItem[] open) => there.Where((t, i) => (choice >> i & 1) != 0 && open.Any(o => Same(o, t))).Count();

    static bool Same(LayoutItem wanted, LayoutItem there) => wanted.Profile == there.Profile && wanted.ComputeInstances.AsSpan().SequenceEqual(there.ComputeInstances);

    /// <summary>The open items with those that stay where they are pinned there; null where more would stay than are wanted.</summary>
    static List<LayoutItem>? Pinned(int choice, LayoutItem[] there, LayoutItem[] open)
    {
        var (left, pinned) = (open.ToList(), new List<LayoutItem>());
        // Those that are cut as wanted find their like first.
        foreach (var stays in there.Where((_, i) => (choice >> i & 1) != 0).OrderByDescending(t => open.Any(o => Same(o, t))))
        {
            if ((left.Find(o => Same(o, stays)) ?? left.Find(o => o.Profile == stays.Profile)) is not { } item) return null;
            left.Remove(item);
            pinned.Add(item with { Start = stays.Start });
        }
        return [.. pinned, .. left];
    }
}
