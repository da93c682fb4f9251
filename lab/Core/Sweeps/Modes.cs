namespace GpuLab.Sweeps;

/// <summary>A mode: its word in files, and which cells a layout gives under it.</summary>
/// <param name="Arrange">From the names of a layout's slices: who works in each cell, or the reason why the layout gives none.</param>
public sealed record ModeRule(Mode Mode, string Word, string Summary, Func<IReadOnlyList<string>, Sweep, Arrangements> Arrange);

/// <summary>The cells that one layout gives under a mode, for each probe and its parameters.</summary>
/// <param name="Reason">Why these cells cannot be measured; null where they can.</param>
public readonly record struct Arrangements(IReadOnlyList<Arrangement> All, string? Reason = null);

/// <summary>Who works in a cell.</summary>
/// <param name="Victims">Slices that are measured.</param>
/// <param name="Aggressors">Slices that work beside them.</param>
/// <param name="Duty">Of the aggressors.</param>
/// <param name="Twin">1 and 2 for two cells that differ in nothing else; 0 where there is one.</param>
public sealed record Arrangement(IReadOnlyList<string> Victims, IReadOnlyList<string> Aggressors, double Duty = 1, int Twin = 0);

/// <summary>The modes that sweeps can name.</summary>
public static class Modes
{
    const string Lonely = "one slice: nothing runs beside it; see mode solo";

    public static readonly IReadOnlyList<ModeRule> All =
    [
        new(Mode.Solo, "solo", "each slice alone", (slices, _) => new([.. slices.Select(s => new Arrangement([s], []))])),
        new(Mode.Concurrent, "concurrent", "all slices at once, between two measurements of each alone", (slices, _) => Several(slices, [new(slices, [])])),
        new(Mode.Joint, "joint", "all slices at one piece of work, of which each does a part", (slices, _) => new([new(slices, [])], slices.Count > 1 ? null : "one slice: it does all of the work itself; see mode solo")),
        new(Mode.Mixed, "mixed", "the workloads of 'mixed', each on its slices, all at once", (slices, _) => new([new(slices, [])])),
        new(Mode.Matrix, "matrix", "each slice beside each other, beside all others and beside none", (slices, _) => Several(slices, [.. slices.SelectMany(v => Beside(v, slices))])),
        new(Mode.Contention, "contention", "one slice, then two, up to all, at the same work",
            (slices, _) => Several(slices, [.. Enumerable.Range(1, slices.Count).Select(n => new Arrangement([.. slices.Take(n)], []))])),
        new(Mode.Dial, "dial", "each slice beside all others at part of the rate that they reach alone",
            (slices, sweep) => Several(slices, [.. slices.SelectMany(v => sweep.Dial.Select(d => new Arrangement([v], [.. slices.Where(s => s != v)], d)))])),
        new(Mode.Null, "null", "each slice against itself, twice: what the lab finds where there is nothing to find",
            (slices, _) => new([.. slices.SelectMany(s => new Arrangement[] { new([s], [], Twin: 1), new([s], [], Twin: 2) })])),
    ];

    public static ModeRule Of(Mode mode) => All.First(m => m.Mode == mode);

    static Arrangements Several(IReadOnlyList<string> slices, IReadOnlyList<Arrangement> cells) => new(cells, slices.Count > 1 ? null : Lonely);

    /// <summary>Beside none (which must show nothing), beside each other slice, and beside all others where that is more than one.</summary>
    static IEnumerable<Arrangement> Beside(string victim, IReadOnlyList<string> slices)
    {
        string[] others = [.. slices.Where(s => s != victim)];
        yield return new([victim], []);
        foreach (var other in others) yield return new([victim], [other]);
        if (others.Length > 1) yield return new([victim], others);
    }
}
