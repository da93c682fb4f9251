using GpuLab.Control;
using GpuLab.Model;

namespace GpuLab.Sweeps;

/// <summary>Everything a run will do, known before hardware is touched; written to <c>plan.json</c>.</summary>
/// <param name="Seconds">Estimated wall time of the whole run.</param>
public sealed record Plan(IReadOnlyList<LayoutGroup> Groups, IReadOnlyList<Skip> Skips, double Seconds)
{
    /// <summary>Wall time where the machine is so noisy that every phase takes the most time that it may.</summary>
    public double MostSeconds { get; init; }

    /// <summary>Asked of every median by the sweep; null for each probe's own.</summary>
    public double? Precision { get; init; }

    public IEnumerable<Trial> Trials => Groups.SelectMany(g => g.Trials);

    public int TrialCount => Groups.Sum(g => g.Trials.Count);
}

/// <summary>Trials that share one cut of the device.</summary>
/// <param name="Slices">Names of the slices, in layout order.</param>
public sealed record LayoutGroup(Layout Layout, IReadOnlyList<string> Slices, IReadOnlyList<Trial> Trials)
{
    /// <summary>Estimated wall time, cut included: this layout's share of a budget.</summary>
    public double Seconds { get; init; }

    /// <summary>The same of a noisy machine.</summary>
    public double MostSeconds { get; init; }

    /// <summary>What the way to this layout changes, as planned; null where a cut costs nothing.</summary>
    public PlannedCut? Cut { get; init; }

    /// <summary>Whether its slices are made anew, even those that could stay.</summary>
    public bool Anew { get; init; }
}

/// <summary>One point of the sweep.</summary>
/// <param name="Number">Position in the expansion; stable for one sweep text.</param>
/// <param name="Slice">The only slice measured; null where several are.</param>
/// <param name="Probe">What the measured slices do; in mode <see cref="Mode.Mixed"/> what the first of them does.</param>
public sealed record Cell(int Number, Layout Layout, Mode Mode, string? Slice, ProbeInfo Probe, Parameters Parameters)
{
    /// <summary>Who does what at once, in the order of the layout's slices; empty where all slices, or <see cref="Slice"/> alone, do the cell's probe.</summary>
    public IReadOnlyList<Work> Works { get; init; } = [];

    /// <summary>1 and 2 for two cells that differ in nothing else; 0 where there is one.</summary>
    public int Twin { get; init; }

    /// <summary>Who does what on the slices of the layout; those that are idle are left out.</summary>
    public IReadOnlyList<Work> WorksOn(IEnumerable<string> slices) => Works.Count > 0
        ? [.. Works.Where(w => w.Duty > 0)]
        : [.. slices.Where(s => Slice is null || s == Slice).Select(s => new Work(s, Probe, Parameters, Role.Victim))];

    /// <summary>What a person calls it: <c>mem.triad bytes=64MiB on 1c@0 of 2x1c, matrix, beside mem.copy on 1c@1</c>.</summary>
    public override string ToString()
    {
        var mode = Mode.ToString().ToLowerInvariant();
        if (Mode == Mode.Mixed) return $"{string.Join(", ", Works)} of {Layout}, {mode}";
        var parameters = Parameters.Count == 0 ? "" : $" {Parameters}";
        var where = Slice is not null ? Layout.IsWhole ? "whole" : $"{Slice} of {Layout}"
            : Works.Count == 0 ? $"{Layout}" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Works.Count} slices of {Layout}");
        return $"{Probe.Id}{parameters} on {where}, {mode}{Aggressors}{(Twin == 0 ? "" : Twin == 1 ? ", A" : ", B")}";
    }

    string Aggressors
    {
        get
        {
            var beside = Works.Where(w => w.Role == Role.Aggressor).ToList();
            if (beside.Count == 0) return Mode is Mode.Matrix ? ", beside none" : "";
            return $", beside {(beside.Count == 1 ? beside[0].ToString() : $"{beside[0] with { Slice = string.Join('+', beside.Select(w => w.Slice)) }}")}";
        }
    }
}

/// <summary>The unit of resume: one repeat of a cell.</summary>
public sealed record Trial(Cell Cell, int Repeat)
{
    /// <summary>Stable for one sweep text: <c>c12r3</c>.</summary>
    public string Id => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"c{Cell.Number}r{Repeat}");
}

/// <summary>Something asked for that will not be measured, and why.</summary>
public sealed record Skip(string What, string Reason, int Cells);
