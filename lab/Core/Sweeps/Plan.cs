using GpuLab.Model;

namespace GpuLab.Sweeps;

/// <summary>Everything a run will do, known before hardware is touched; written to <c>plan.json</c>.</summary>
/// <param name="Seconds">Estimated wall time of the whole run.</param>
public sealed record Plan(IReadOnlyList<LayoutGroup> Groups, IReadOnlyList<Skip> Skips, double Seconds)
{
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
}

/// <summary>One point of the sweep.</summary>
/// <param name="Number">Position in the expansion; stable for one sweep text.</param>
/// <param name="Slice">The slice measured alone, in mode <see cref="Mode.Solo"/>; null where all of the layout work.</param>
public sealed record Cell(int Number, Layout Layout, Mode Mode, string? Slice, ProbeInfo Probe, Parameters Parameters)
{
    /// <summary>What a person calls it: <c>mem.triad bytes=64MiB on 1c@0 of 2x1c, solo</c>.</summary>
    public override string ToString()
    {
        var parameters = Parameters.Count == 0 ? "" : $" {Parameters}";
        var where = Slice is null ? $"{Layout}" : Layout.IsWhole ? "whole" : $"{Slice} of {Layout}";
        return $"{Probe.Id}{parameters} on {where}, {Mode.ToString().ToLowerInvariant()}";
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
