namespace GpuLab.Sweeps;

/// <summary>A mode: its word in files, and which cells a layout gives under it.</summary>
/// <param name="Points">
/// From the names of a layout's slices: one point a cell, null for a cell in which all slices work;
/// or the reason why the layout gives none. Null where this version cannot measure the mode.
/// </param>
public sealed record ModeRule(Mode Mode, string Word, string Summary, Func<IReadOnlyList<string>, ModePoints>? Points);

/// <summary>The cells that one layout gives under a mode.</summary>
/// <param name="Slices">The slice measured in each cell; null where all work.</param>
/// <param name="Reason">Why these cells cannot be measured; null where they can.</param>
public readonly record struct ModePoints(IReadOnlyList<string?> Slices, string? Reason = null);

/// <summary>The modes that sweeps can name. A mode becomes available by being given its points.</summary>
public static class Modes
{
    public static readonly IReadOnlyList<ModeRule> All =
    [
        new(Mode.Solo, "solo", "each slice alone", slices => new([.. slices])),
        new(Mode.Concurrent, "concurrent", "all slices at once, between two measurements of each alone",
            slices => slices.Count > 1 ? new([null]) : new([null], "one slice: nothing runs beside it; see mode solo")),
        new(Mode.Mixed, "mixed", "different probes on different slices at once", null),
        new(Mode.Matrix, "matrix", "every probe beside every other", null),
        new(Mode.Contention, "contention", "one slice, then two, up to all", null),
        new(Mode.Dial, "dial", "one slice beside others at part of their rate", null),
        new(Mode.Null, "null", "slices beside idle ones: what measuring itself costs", null),
    ];

    public static ModeRule Of(Mode mode) => All.First(m => m.Mode == mode);

    public static string Available => string.Join(' ', All.Where(m => m.Points is not null).Select(m => m.Word));
}
