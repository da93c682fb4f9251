using GpuLab.Model;
using GpuLab.Results;

namespace GpuLab.Statistics.Gates;

/// <summary>The state of the machine round the measurement.</summary>
static class HostGates
{
    /// <summary>Carries the process id of the other run as its detail.</summary>
    public const string OtherRunFlag = "other-run";

    const double StealShare = 0.01;

    /// <summary>Step of the kernel's steal counters, seconds.</summary>
    const double Tick = 0.01;

    /// <summary>Time that the hypervisor gave to others, from the growing counters <c>steal_s</c> of each processor.</summary>
    public static IEnumerable<Hit> Steal(CellEvidence cell)
    {
        var worst = cell.Trials.SelectMany(t => t.Telemetry.Where(r => r.Field == "steal_s" && r.Scope != "device").GroupBy(r => r.Scope), (t, scope) => (t.Repeat, scope.Key, Share: StolenShare(scope)))
            .OrderByDescending(s => s.Share).FirstOrDefault();
        if (!(worst.Share > StealShare)) yield break;
        yield return new Finding(Severity.Suspect, "steal", cell.Name,
            Say.Text($"In repeat {worst.Repeat} the hypervisor took {Pretty.Percent(worst.Share)} of the time of {worst.Key}."),
            "Measure on a machine of your own, or when its neighbours are quiet.");
    }

    /// <summary>Another run had workers on the same device.</summary>
    public static IEnumerable<Hit> OtherRun(CellEvidence cell)
    {
        var beside = cell.Flags.Where(f => f.Flag.Is(OtherRunFlag)).ToList();
        if (beside.Count == 0) yield break;
        yield return new Finding(Severity.Suspect, OtherRunFlag, cell.Name,
            Say.Text($"Another gpulab run (pid {string.Join(", ", beside.SelectMany(b => (b.Flag.Detail ?? "unknown").Split(' ')).Distinct())}) had workers on this device beside {beside.DistinctBy(b => b.Trial).Count()} of {cell.Trials.Count} repeats."),
            "Run one sweep after the other.");
    }

    public static IEnumerable<Finding> SmallPages(RunEvidence run)
    {
        var pages = run.Cells.SelectMany(c => c.Measured.SelectMany(t => t.Ready.Values).Select(r => r.Facts.GetValueOrDefault("pages")).Where(IsSmall).Select(p => (c.Cell, Pages: p!)));
        foreach (var probe in pages.DistinctBy(p => p.Cell.Number).GroupBy(p => p.Cell.Probe))
        {
            yield return new(Severity.Note, "thp-off", probe.Key, Say.Text($"Memory of {probe.Count()} cells is not in huge pages but in {probe.First().Pages}: address translation costs time."),
                "Set /sys/kernel/mm/transparent_hugepage/enabled to madvise or always.");
        }
    }

    public static IEnumerable<Finding> Governor(RunEvidence run)
    {
        var governor = run.Run.Info.Provenance.SelectMany(s => s.Value).FirstOrDefault(e => e.Key.Contains("governor", StringComparison.OrdinalIgnoreCase)).Value;
        // Where there is none to be read, as in most virtual machines, the entry is a phrase such as "not shown".
        if (governor is null or "performance" or "unknown" || governor.Any(c => !char.IsAsciiLetterLower(c))) yield break;
        yield return new(Severity.Note, "governor", "run", $"The processors' frequency governor is {governor}: clocks follow the load.", "Set it to performance: cpupower frequency-set -g performance.");
    }

    public static IEnumerable<Finding> Simulated(RunEvidence run)
    {
        if (!run.Run.Info.Simulated) yield break;
        yield return new(Severity.Note, "simulated", "run", $"All figures are predictions for a simulated {run.Run.Info.DeviceName}; nothing was measured.", "Run the sweep on a device to measure.");
    }

    static double StolenShare(IEnumerable<TelemetryRow> rows)
    {
        var ordered = rows.OrderBy(r => r.TimeNs).ToList();
        var seconds = (ordered[^1].TimeNs - ordered[0].TimeNs) * 1e-9;
        // One tick may be the counter's rounding.
        return seconds > 0 ? (ordered[^1].Value - ordered[0].Value - Tick) / seconds : 0;
    }

    static bool IsSmall(string? pages)
    {
        if (string.IsNullOrWhiteSpace(pages)) return false;
        var size = pages.Replace(" ", "", StringComparison.Ordinal);
        return !size.StartsWith("2MiB", StringComparison.Ordinal) && !size.StartsWith("1GiB", StringComparison.Ordinal);
    }
}
