using System.Globalization;
using GpuLab.Results;

namespace GpuLab.Reports.Comparison;

/// <summary>Power that was read while cells were measured.</summary>
static class Power
{
    const string Field = "power_w";

    /// <summary>Mean of the device's readings in the trials of each cell, W; cells without readings are absent.</summary>
    public static IReadOnlyDictionary<int, double?> ByCell(RunData run) => run.Telemetry
        .Where(t => t is { Scope: "device", Field: Field } && double.IsFinite(t.Value))
        .GroupBy(t => Cell(t.Trial)).Where(g => g.Key >= 0).ToDictionary(g => g.Key, g => (double?)g.Average(t => t.Value));

    /// <summary>12 of <c>c12r3</c>; −1 where the text is no trial's id.</summary>
    internal static int Cell(string trial) =>
        trial.IndexOf('r', StringComparison.Ordinal) is var r and > 1 && trial[0] == 'c' && int.TryParse(trial.AsSpan(1, r - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var cell) ? cell : -1;
}
