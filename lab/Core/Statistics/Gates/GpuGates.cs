using GpuLab.Control.Health;
using GpuLab.Results;

namespace GpuLab.Statistics.Gates;

/// <summary>The state of a real GPU while it was measured, from its telemetry.</summary>
static class GpuGates
{
    const ClockReason Broken = ClockReason.HwSlowdown | ClockReason.HwThermal | ClockReason.PowerBrake, Limited = ClockReason.SwPowerCap | ClockReason.SwThermal;

    /// <summary>Clocks are told in whole MHz; a change of temperature of more degrees than this is told.</summary>
    const double ClockSlack = 0.01, MostDegrees = 10;

    /// <summary>Uncorrectable errors of the memory that came during a trial.</summary>
    public static IEnumerable<Hit> MemoryErrors(CellEvidence cell)
    {
        foreach (var (trial, readings) in Readings(cell, "ecc_uncorrected").Where(t => t.Readings[^1].Value > t.Readings[0].Value).Take(1))
            yield return new Finding(Severity.Invalid, "ecc-uncorrected", cell.Name, Say.Text($"In repeat {trial} {readings[^1].Value - readings[0].Value} uncorrectable memory errors came."), "Do not measure on this GPU: reset it, and have it replaced if they come again.");
    }

    /// <summary>Errors that the memory mended itself, and rows that wait for a reset to be replaced.</summary>
    public static IEnumerable<Hit> MemoryWear(CellEvidence cell)
    {
        var mended = Readings(cell, "ecc_corrected").Sum(t => t.Readings[^1].Value - t.Readings[0].Value);
        if (mended > 0)
            yield return new Finding(Severity.Note, "ecc-corrected", cell.Name, Say.Text($"{mended} memory errors came and were corrected."), "A few are usual; 'gpulab doctor' shows how many there have been in all.");
        if (Readings(cell, "rows_remap_pending").Any(t => t.Readings.Any(r => r.Value > 0)))
            yield return new Finding(Severity.Invalid, "rows-pending", cell.Name, "Rows of the memory wait to be replaced by spare ones: it may give wrong data.", "Reset the GPU, which replaces them, and measure again.");
    }

    /// <summary>Memory below its clock: every bandwidth is that share too low. Idle memory may be slower, so of a trial's readings the highest counts.</summary>
    public static IEnumerable<Hit> MemoryClock(CellEvidence cell)
    {
        if (!cell.Cell.Probe.StartsWith("mem.", StringComparison.Ordinal)) yield break;
        var slow = cell.Trials.Select(t => (Now: Highest(t, "memory_clock_hz"), Most: Highest(t, "memory_clock_most_hz"))).Where(c => c.Now < (1 - ClockSlack) * c.Most).OrderBy(c => c.Now).ToList();
        if (slow.Count > 0)
            yield return new Finding(Severity.Invalid, "memory-clock", cell.Name, $"While it was measured, the memory ran at {Model.Pretty.Value(slow[0].Now, "Hz")} of {Model.Pretty.Value(slow[0].Most, "Hz")}.",
                "Look at locked clocks and power state: nvidia-smi --reset-memory-clocks; 'gpulab doctor' shows both clocks.");
    }

    /// <summary>A GPU that warms up while it is measured lowers its clocks and leaks more.</summary>
    public static IEnumerable<Finding> Temperature(RunEvidence run)
    {
        var readings = run.Run.Telemetry.Where(r => r is { Scope: "device", Field: "temperature_c" }).ToList();
        if (readings.Count < 2) yield break;
        var (first, last) = (readings.MinBy(r => r.TimeNs).Value, readings.MaxBy(r => r.TimeNs).Value);
        if (Math.Abs(last - first) > MostDegrees)
            yield return new(Severity.Note, "temperature", "run", Say.Text($"The GPU went from {first:0} to {last:0} °C: what was measured first and what was measured last differ in more than the work."), "Run a cell of heavy work first, or let the repeats, which are spread over the run, tell.");
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

    static double Highest(TrialEvidence trial, string field) => trial.Telemetry.Where(r => r.Field == field).Select(r => r.Value).DefaultIfEmpty(double.NaN).Max();

    static IEnumerable<(int Trial, List<TelemetryRow> Readings)> Readings(CellEvidence cell, string field) => cell.Trials
        .Select(t => (t.Repeat, Readings: t.Telemetry.Where(r => r.Field == field).OrderBy(r => r.TimeNs).ToList())).Where(t => t.Readings.Count > 0);
}
