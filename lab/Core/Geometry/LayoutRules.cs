using System.Globalization;
using GpuLab.Model;

namespace GpuLab.Geometry;

/// <summary>What must hold of one item, and of items together, besides their places.</summary>
/// <remarks><c>+gfx</c> instances count as ordinary ones: no source says that they could not stand beside others.</remarks>
static class LayoutRules
{
    /// <summary>Why this item alone cannot exist on the GPU, or null.</summary>
    public static string? Alone(GpuModel model, LayoutItem item)
    {
        if (item.Profile.Kind != ProfileKind.Mig) return $"{item.Profile} is not a MIG profile; {model.Key} has {Names(model)}";
        if (model.Find(item.Profile) is not { } profile) return $"{model.Key} has no profile {item.Profile}{Elsewhere(item.Profile)}; it has {Names(model)}";
        if (profile.Places is not { } places) return $"the places of {item.Profile} on {model.Key} are not known: no source gives them";
        if (item.Start is { } start && !places.Starts.Contains(start))
            return string.Create(CultureInfo.InvariantCulture, $"{item.Profile} has no place at {start}: it starts at {Or(places.Starts)}");
        return ComputeInstances(profile, item.ComputeInstances);
    }

    /// <summary>Why a GPU instance cannot be cut like this, or null. Whatever sizes add up to no more than its slices fit inside.</summary>
    static string? ComputeInstances(GpuInstanceProfile profile, int[] parts)
    {
        long sum = 0;
        foreach (var part in parts)
        {
            if (!profile.ComputeSizes.Contains(part)) return string.Create(CultureInfo.InvariantCulture, $"{profile.Name} has no compute instance {part}c: it can be cut into {Or(profile.ComputeSizes)} compute slices");
            sum += part;
        }
        return sum > profile.ComputeSlices
            ? string.Create(CultureInfo.InvariantCulture, $"compute instances in {profile.Name} add up to {sum} compute slices of {profile.ComputeSlices}")
            : null;
    }

    /// <summary>Why these profiles cannot be together on one GPU wherever they lie, or null.</summary>
    public static string? Together(GpuModel model, ReadOnlySpan<GpuInstanceProfile> profiles)
    {
        int slices = 0, extended = 0, all = 0, bare = 0;
        for (var i = 0; i < profiles.Length; i++)
        {
            var profile = profiles[i];
            slices += profile.ComputeSlices;
            extended += profile.Media == Media.Extended ? 1 : 0;
            all += profile.Media == Media.All ? 1 : 0;
            bare += profile.Media == Media.None ? 1 : 0;
            if (profile.MaxInstances is { } most && i >= most && Count(profiles[..(i + 1)], profile) > most)
                return string.Create(CultureInfo.InvariantCulture, $"at most {most} of {profile.Name} fit on one GPU");
        }
        if (extended > 1) return "only one instance with +me can exist on a GPU";
        if (all > 0 && all + bare < profiles.Length || all > 1) return "+me.all takes every media engine, so only -me instances can stand beside it";
        return slices > model.ComputeSlices
            ? string.Create(CultureInfo.InvariantCulture, $"they need {slices} compute slices of {model.ComputeSlices}")
            : null;
    }

    static int Count(ReadOnlySpan<GpuInstanceProfile> profiles, GpuInstanceProfile one)
    {
        var count = 0;
        foreach (var profile in profiles) count += ReferenceEquals(profile, one) ? 1 : 0;
        return count;
    }

    static string Names(GpuModel model) => string.Join(", ", model.Profiles.Select(p => p.Name));

    static string Elsewhere(Profile profile)
    {
        var others = GpuCatalogue.All.Where(m => m.Find(profile) is not null).Select(m => m.Key).Take(3).ToArray();
        return others.Length == 0 ? "" : $" (a profile of {string.Join(", ", others)})";
    }

    static string Or(IReadOnlyList<int> numbers) => numbers.Count == 1
        ? numbers[0].ToString(CultureInfo.InvariantCulture)
        : $"{string.Join(", ", numbers.Take(numbers.Count - 1).Select(n => n.ToString(CultureInfo.InvariantCulture)))} or {numbers[^1].ToString(CultureInfo.InvariantCulture)}";
}
