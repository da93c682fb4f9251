using System.Globalization;
using GpuLab.Model;

namespace GpuLab.Control.Host;

/// <summary>Why a layout cannot be had on this host, as sentences for the user.</summary>
static class CoreRefusals
{
    /// <summary>The smallest conflict that needs no search; null where there is none.</summary>
    public static string? For(Layout layout, HostTopology topology)
    {
        var count = topology.Cores.Count;
        if (layout.Items.FirstOrDefault(i => i.Profile.Kind != ProfileKind.Cores) is { } other)
            return $"{other.Profile} is {Kind(other.Profile.Kind)}, and the host can only be cut into cores: {Nearest(layout, count)}.";
        var asked = layout.Items.Sum(i => (long)i.Profile.Size);
        if (asked > count)
        {
            var have = topology.Restriction is { } why
                ? Text($"only {Cores(count)} can be used of the {topology.PresentCores} present, because {why}")
                : Text($"this host has {Cores(count)}");
            return Text($"{layout} asks for {Cores(asked)}, but {have}; possible: {Nearest(layout, count)}.");
        }
        var placed = layout.Items.Where(i => i.Start is not null).OrderBy(i => i.Start).ToArray();
        foreach (var item in placed)
        {
            if (item.Start + item.Profile.Size > count)
                return Text($"{item} would end at core {item.Start + item.Profile.Size - 1}, but the last one is core {count - 1}; the highest start for {item.Profile} is {item.Profile}@{count - item.Profile.Size}.");
        }
        for (var i = 1; i < placed.Length; i++)
        {
            var (before, after) = (placed[i - 1], placed[i]);
            if (before.Start + before.Profile.Size > after.Start)
                return Text($"{before} and {after} overlap at core {after.Start}; leave the starts out to have places chosen, or start {after.Profile} elsewhere.");
        }
        return null;
    }

    public static string Fragmented(Layout layout, int count)
    {
        var free = new Layout(layout.Items.Select(i => i with { Start = null }));
        return Text($"The fixed places of {layout} leave no run of cores for the rest of it; {free} without places fits {Cores(count)}.");
    }

    /// <summary>What remains of the layout when its smallest slices are left out, and the device in single cores.</summary>
    static string Nearest(Layout layout, int count)
    {
        var kept = new List<LayoutItem>();
        var room = count;
        foreach (var item in layout.Items.Where(i => i.Profile.Kind == ProfileKind.Cores && i.Start is null))
        {
            if (item.Profile.Size > room) continue;
            kept.Add(item);
            room -= item.Profile.Size;
        }
        var layouts = new[] { kept.Count > 0 ? new Layout(kept).ToString() : Text($"{count}c"), Text($"{(count > 1 ? $"{count}x" : "")}1c"), "whole" };
        return string.Join(", ", layouts.Distinct());
    }

    static string Kind(ProfileKind kind) => kind switch
    {
        ProfileKind.Mig => "a MIG profile",
        ProfileKind.Sms => "a group of SMs",
        _ => "an MPS share",
    };

    static string Cores(long count) => count == 1 ? "1 core" : Text($"{count} cores");

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
