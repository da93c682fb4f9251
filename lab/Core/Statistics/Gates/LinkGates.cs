using GpuLab.Results;

namespace GpuLab.Statistics.Gates;

/// <summary>The link between host and GPU while copies went over it.</summary>
static class LinkGates
{
    /// <summary>Packets sent again in a trial that are more than an accident.</summary>
    const double ManyReplays = 100;

    /// <summary>
    /// Generation and lanes below what card and slot have. A link slows down when it is idle, so of a trial's readings the highest counts, and only
    /// those from the time when slices were ready.
    /// </summary>
    public static IEnumerable<Hit> Slow(CellEvidence cell)
    {
        if (!IsLink(cell)) yield break;
        if (Least(cell, "link_lanes") is { } lanes)
            yield return new Finding(Severity.Suspect, "link-width", cell.Name, Say.Text($"While copying, the link had {lanes.Now} of {lanes.Most} lanes."),
                "Look at slot, riser and BIOS bifurcation: copies reach that share of their rate.");
        if (Least(cell, "link_generation") is { } generation)
            yield return new Finding(Severity.Suspect, "link-generation", cell.Name, Say.Text($"While copying, the link was at generation {generation.Now} of {generation.Most}: each step halves its rate."),
                "Look at slot, riser and BIOS, and whether power management of the link (ASPM) holds it down.");
    }

    /// <summary>Packets that had to be sent again.</summary>
    public static IEnumerable<Hit> Replays(CellEvidence cell)
    {
        var replays = cell.Trials.Sum(t => Readings(t, "link_replays") is [var first, .., var last] ? last.Value - first.Value : 0);
        if (replays > 0)
            yield return new Finding(replays > ManyReplays ? Severity.Suspect : Severity.Note, "link-replays", cell.Name, Say.Text($"{replays} packets were sent again over the link."), "Reseat the card or its riser if it goes on.");
    }

    /// <summary>Slices whose copies of both directions take turns.</summary>
    public static IEnumerable<Finding> OneEngine(RunEvidence run)
    {
        var slices = run.Cells.SelectMany(c => c.Measured.SelectMany(t => t.Ready)).Where(r => r.Value.Facts.GetValueOrDefault("copy engines") == "1" && r.Value.Facts.ContainsKey("directions")).Select(r => r.Key).Distinct().ToList();
        if (slices.Count > 0)
            yield return new(Severity.Note, "one-copy-engine", "run", Say.Text($"One copy engine carries both directions on {slices.Count} {(slices.Count == 1 ? "slice" : "slices")} ({string.Join(", ", slices.Take(3))}{(slices.Count > 3 ? ", …" : "")}): copies both ways take turns, and their sum is about that of one."),
                "That is what such a slice has. Copies by the SMs (by: sm) need no engine; larger slices have more.");
    }

    static bool IsLink(CellEvidence cell) => (cell.Cell.Works ?? []).Select(w => w.Probe).Append(cell.Cell.Probe).Any(p => p.StartsWith("link.", StringComparison.Ordinal));

    /// <summary>The slowest repeat's reading where it is below what is possible.</summary>
    static (double Now, double Most)? Least(CellEvidence cell, string field)
    {
        var slow = cell.Measured.Select(t => (Now: Highest(t, field), Most: Highest(t, field + "_most"))).Where(r => r.Now < r.Most).ToList();
        return slow.Count == 0 ? null : slow.MinBy(r => r.Now / r.Most);
    }

    static double Highest(TrialEvidence trial, string field) => Readings(trial, field).Select(r => r.Value).DefaultIfEmpty(double.NaN).Max();

    static List<TelemetryRow> Readings(TrialEvidence trial, string field)
    {
        var ready = trial.Ready.Count == 0 ? long.MinValue : trial.Ready.Values.Max(r => r.TimeNs);
        return [.. trial.Telemetry.Where(r => r.Field == field && r.TimeNs >= ready).OrderBy(r => r.TimeNs)];
    }
}
