using System.Globalization;
using GpuLab.Control;
using GpuLab.Model;

namespace GpuLab.Sweeps.Expanding;

/// <summary>Layouts × modes × slices × probes × parameters, less what is excluded, impossible or not supported.</summary>
sealed class Expansion(Sweep sweep, PlacedLayouts layouts, Func<ProbeInfo, Slice, Parameters, string?> unsupported)
{
    readonly ProbePoints[] probes = [.. sweep.Probes.Select(ProbePoints.Of)];
    readonly Exclusions exclusions = new(sweep.Exclude);
    readonly SkipTally skips = new();
    readonly List<CellGroup> groups = [];
    int number;

    public IReadOnlyList<CellGroup> Groups => groups;

    /// <summary>What is not measured, and exclude entries that do nothing.</summary>
    public IEnumerable<Skip> Skips =>
        [.. skips.All, .. exclusions.Unmatched.Select(n => new Skip(string.Create(CultureInfo.InvariantCulture, $"exclude entry {n}"), "matches no cell", 0))];

    public void Run()
    {
        foreach (var layout in layouts.Layouts)
        {
            var group = new CellGroup(layout, layouts.Placements[layout].Slices, []);
            string[] names = [.. group.Slices.Select(s => s.Name)];
            foreach (var mode in sweep.Modes.Select(Modes.Of)) Run(group, mode, mode.Points!(names));
            if (group.Cells.Count > 0) groups.Add(group);
        }
    }

    void Run(CellGroup group, ModeRule mode, ModePoints points)
    {
        foreach (var name in points.Slices)
        {
            var slice = group.Slices.FirstOrDefault(s => s.Name == name);
            IReadOnlyList<Slice> working = slice is null ? group.Slices : [slice];
            foreach (var probe in probes)
            {
                var excluded = exclusions.For(probe.Probe, group.Layout, mode, name, slice?.Profile);
                foreach (var parameters in probe.Points)
                {
                    if (excluded.Exclude(parameters)) continue;
                    if (points.Reason is { } impossible) skips.Add($"{mode.Word} on {group.Layout}", impossible);
                    else if (Unsupported(probe.Probe, working, parameters) is { } reason) skips.Add(probe.Probe.Id, reason);
                    else group.Cells.Add(new(++number, group.Layout, mode.Mode, name, probe.Probe, parameters));
                }
            }
        }
    }

    string? Unsupported(ProbeInfo probe, IReadOnlyList<Slice> working, Parameters parameters)
    {
        foreach (var slice in working)
        {
            if (unsupported(probe, slice, parameters) is { } reason) return reason;
        }
        return null;
    }
}

/// <summary>The cells of one layout, in expansion order.</summary>
sealed record CellGroup(Layout Layout, IReadOnlyList<Slice> Slices, List<Cell> Cells);

/// <summary>Counts skipped cells by what and why, in the order of first appearance.</summary>
sealed class SkipTally
{
    readonly Dictionary<(string What, string Reason), int> counts = [];

    public IEnumerable<Skip> All => counts.Select(c => new Skip(c.Key.What, c.Key.Reason, c.Value));

    public void Add(string what, string reason) => counts[(what, reason)] = counts.GetValueOrDefault((what, reason)) + 1;
}
