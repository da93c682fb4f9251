using GpuLab.Control.Health;
using GpuLab.Results;

namespace GpuLab.Statistics.Gates;

/// <summary>The state of a real GPU while it was measured, from its telemetry.</summary>
static class GpuGates
{
    const ClockReason Broken = ClockReason.HwSlowdown | ClockReason.HwThermal | ClockReason.PowerBrake, Limited = ClockReason.SwPowerCap | ClockReason.SwThermal;

    /// <summary>Uncorrectable errors of the memory that came during a trial.</summary>
    public static IEnumerable<Hit> MemoryErrors(CellEvidence cell)
    {
        foreach (var (trial, readings) in Readings(cell, "ecc_uncorrected").Where(t => t.Readings[^1].Value > t.Readings[0].Value).Take(1))
            yield return new Finding(Severity.Invalid, "ecc-uncorrected", cell.Name, Say.Text($"In repeat {trial} {readings[^1].Value - readings[0].Value} uncorrectable memory errors came."), "Do not measure on this GPU: reset it, and have it replaced if they come again.");
    }

    /// <summary>A shared power limit is a way in which slices disturb each other, so what it does to clocks is told, not thrown away.</summary>
    public static IEnumerable<Finding> Clocks(RunEvidence run) => run.Run.Info.Simulated ? [] : run.Cells.Select(Clocks).OfType<Finding>();

    static Finding? Clocks(CellEvidence cell)
    {
        var seen = Readings(cell, "clocks_event_reasons").SelectMany(t => t.Readings).Aggregate(ClockReason.None, (all, r) => all | (ClockReason)r.Value);
        if ((seen & Broken) != 0)
            return new(Severity.Suspect, "slowdown", cell.Name, $"Hardware lowered the clocks ({seen & Broken}).", "Look at cooling and power supply, and measure again.");
        return (seen & Limited) == 0 ? null
            : new(Severity.Note, "limited", cell.Name, $"Clocks were limited ({seen & Limited}): this is what the product does under this load.", "Name the power limit beside the figure; 'gpulab doctor' shows it.");
    }

    static IEnumerable<(int Trial, List<TelemetryRow> Readings)> Readings(CellEvidence cell, string field) => cell.Trials
        .Select(t => (t.Repeat, Readings: t.Telemetry.Where(r => r.Field == field).OrderBy(r => r.TimeNs).ToList())).Where(t => t.Readings.Count > 0);
}
