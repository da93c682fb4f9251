using System.Globalization;
using GpuLab.Control;
using GpuLab.Model;

namespace GpuLab.Sweeps.Expanding;

/// <summary>Layouts × modes × who works × probes × parameters × aggressors, less what is excluded, impossible or not supported.</summary>
/// <param name="cuts">What it takes to get to each layout, by its index; null where cutting the device costs nothing.</param>
sealed class Expansion(Sweep sweep, PlacedLayouts layouts, Func<ProbeInfo, Slice, Parameters, string?> unsupported, IReadOnlyDictionary<Layout, PlannedCut>? cuts)
{
    /// <summary>One pass where there are no aggressors, or they do what the victim does.</summary>
    static readonly IReadOnlyList<(ProbeInfo Probe, Parameters Parameters)?> Same = [null];

    readonly ProbePoints[] probes = [.. sweep.Probes.Where(p => !ControlInfo.Is(p.Probe)).Select(ProbePoints.Of)];
    readonly ProbeInfo[] controls = [.. sweep.Probes.Select(p => p.Probe).Where(ControlInfo.Is).Distinct()];
    readonly IReadOnlyList<(ProbeInfo Probe, Parameters Parameters)?> aggressors = sweep.Aggressors.Count == 0 ? Same
        : [.. sweep.Aggressors.Select(ProbePoints.Of).SelectMany(a => a.Points, (a, p) => ((ProbeInfo, Parameters)?)(a.Probe, p))];
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
        var all = new List<CellGroup>();
        foreach (var layout in layouts.Layouts)
        {
            var group = new CellGroup(layout, layouts.Placements[layout].Slices, []);
            string[] names = [.. group.Slices.Select(s => s.Name)];
            foreach (var mode in sweep.Modes.Select(Modes.Of))
            {
                if (mode.Mode == Mode.Mixed) Mix(group, mode);
                else Run(group, mode, mode.Arrange(names, sweep));
            }
            all.Add(group);
        }
        Cut(all);
        groups.AddRange(all.Where(g => g.Cells.Count > 0));
    }

    /// <summary>
    /// One cell a layout and kind of change, where the way to it has such changes. Numbered after all others and with gaps: what has to
    /// change depends on what is there, and ids of trials must not when a run is resumed.
    /// </summary>
    void Cut(List<CellGroup> all)
    {
        foreach (var control in controls)
        {
            var planned = false;
            foreach (var group in all)
            {
                var cell = new Cell(++number, group.Layout, Mode.Solo, null, control, Parameters.None);
                if (Changes(group.Layout, control) == 0 || exclusions.For(control, group.Layout, Modes.Of(Mode.Solo), null, null).Exclude(Parameters.None)) continue;
                group.Cells.Add(cell);
                planned = true;
            }
            if (!planned) skips.Add(control.Id, cuts is null ? "cutting this device takes nothing: nothing is made or destroyed" : "no layout of this sweep needs it");
        }
    }

    int Changes(Layout layout, ProbeInfo control) => cuts is null || !cuts.TryGetValue(layout, out var cut) ? 0
        : control == ControlInfo.Create ? cut.Created : control == ControlInfo.Destroy ? cut.Destroyed : cut.SwitchesMode ? 1 : 0;

    void Run(CellGroup group, ModeRule mode, Arrangements arrangements)
    {
        foreach (var arrangement in arrangements.All)
        {
            var name = arrangement.Victims.Count == 1 ? arrangement.Victims[0] : null;
            var profile = group.Slices.FirstOrDefault(s => s.Name == name)?.Profile;
            foreach (var probe in probes)
            {
                var excluded = exclusions.For(probe.Probe, group.Layout, mode, name, profile);
                foreach (var parameters in probe.Points)
                {
                    if (excluded.Exclude(parameters)) continue;
                    foreach (var aggressor in arrangement.Aggressors.Count == 0 ? Same : aggressors)
                    {
                        if (arrangements.Reason is { } impossible) skips.Add($"{mode.Word} on {group.Layout}", impossible);
                        else Add(group, new(0, group.Layout, mode.Mode, name, probe.Probe, parameters) { Works = Works(group, arrangement, probe.Probe, parameters, aggressor), Twin = arrangement.Twin });
                    }
                }
            }
        }
    }

    /// <summary>The one cell that <c>mixed</c> gives a layout.</summary>
    void Mix(CellGroup group, ModeRule mode)
    {
        var (works, reason) = Mixing.Of(sweep.Mixed, group.Slices);
        if (reason is not null)
        {
            skips.Add($"{mode.Word} on {group.Layout}", reason);
            return;
        }
        var first = works[0];
        if (exclusions.For(first.Probe, group.Layout, mode, null, null).Exclude(first.Parameters)) return;
        Add(group, new(0, group.Layout, mode.Mode, null, first.Probe, first.Parameters) { Works = works });
    }

    void Add(CellGroup group, Cell cell)
    {
        var works = cell.WorksOn(group.Slices.Select(s => s.Name));
        IReadOnlyList<string> team = cell.Mode == Mode.Joint ? [.. works.Select(w => w.Slice)] : [];
        foreach (var work in works)
        {
            var alone = cell.Mode == Mode.Joint && !work.Probe.Joint ? "each slice can only do all of it: mode joint is for work that slices share" : null;
            if ((alone ?? unsupported(work.Probe, group.Slices.First(s => s.Name == work.Slice) with { Team = team }, work.Parameters)) is not { } reason) continue;
            skips.Add(work.Probe.Id, reason);
            return;
        }
        group.Cells.Add(cell with { Number = ++number });
    }

    /// <summary>In layout order. Cells that need no words about who works have none.</summary>
    static IReadOnlyList<Work> Works(CellGroup group, Arrangement arrangement, ProbeInfo probe, Parameters parameters, (ProbeInfo Probe, Parameters Parameters)? aggressor)
    {
        if (arrangement.Aggressors.Count == 0 && (arrangement.Victims.Count == 1 || arrangement.Victims.Count == group.Slices.Count)) return [];
        var beside = aggressor ?? (probe, parameters);
        return
        [
            .. group.Slices.Where(s => arrangement.Victims.Contains(s.Name) || arrangement.Aggressors.Contains(s.Name)).Select(s => arrangement.Victims.Contains(s.Name)
                ? new Work(s.Name, probe, parameters, Role.Victim)
                : new Work(s.Name, beside.Item1, beside.Item2, Role.Aggressor, arrangement.Duty)),
        ];
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
