using GpuLab.Model;
using GpuLab.Results;
using GpuLab.Statistics.Gates;

namespace GpuLab.Statistics;

/// <summary>What it would take to decide the cells of a run that are UNDECIDED, if their noise stays what it is.</summary>
/// <param name="Undecided">Verdicts.</param>
/// <param name="Judged">All verdicts of the run.</param>
/// <param name="Within">How many of the undecided more repeats would decide.</param>
/// <param name="Usual">Repeats of the usual cell until it is decided.</param>
/// <param name="Repeats">Repeats of the cell that needs most.</param>
/// <param name="Seconds">All the repeats that are missing, at the pace of this run.</param>
/// <param name="Finished">Whether all that was planned has run, so that going on would not help.</param>
public sealed record TimeToDecide(int Undecided, int Judged, int Within, int Usual, int Repeats, double Seconds, bool Finished)
{
    /// <summary>Null where everything is decided.</summary>
    public static TimeToDecide? Of(RunData run, IReadOnlyList<Coupling> couplings)
    {
        var undecided = couplings.Where(c => c.Verdict.Kind == VerdictKind.Undecided).ToList();
        if (undecided.Count == 0) return null;
        var pace = Pace(run);
        var needs = undecided.Select(c => (Coupling: c, Repeats: Need(c.Ratio))).Where(n => n.Repeats is not null).ToList();
        var cells = needs.GroupBy(n => n.Coupling.Together.Cell).Select(g => (Cell: g.Key, Repeats: g.Max(n => n.Repeats!.Value), Have: g.Min(n => n.Coupling.Ratio.Repeats))).ToList();
        return new(undecided.Count, couplings.Count, needs.Count, cells.Count == 0 ? 0 : (int)Selection.Median(cells.Select(c => (double)c.Repeats).ToArray()),
            cells.Select(c => c.Repeats).DefaultIfEmpty(0).Max(), cells.Sum(c => (c.Repeats - c.Have) * pace(c.Cell)),
            run.Events.OfType<TrialDone>().Select(d => d.Trial).Distinct().Count() >= run.Plan.Trials.Count);
    }

    public Finding Finding => new(Severity.Note, "undecided", "run", Message(),
        !Finished ? "Go on with: gpulab run --resume." : Within == 0 ? "Quiet the machine, or accept that these lie at the margin."
            : Say.Text($"Set repeats: {Repeats} and run with --until-decided, which stops cells that are certain; or quiet the machine."));

    string Message()
    {
        var hopeless = Undecided - Within;
        var many = Say.Text($"{Undecided} of {Judged} verdicts are UNDECIDED. ");
        var needed = Within == 0 ? "" : Say.Text($"Of {Within} of them about {Usual} repeats would show more{(Repeats > Usual ? Say.Text($", of the hardest {Repeats}") : "")}: another {Pretty.Time(Seconds)} at the pace of this run. ");
        var lost = hopeless == 0 ? "" : Say.Text($"{hopeless} lie so near the margin, or vary so much, that more repeats would hardly help.");
        return (many + needed + lost).TrimEnd();
    }

    /// <summary>More repeats than there are, since these were not enough.</summary>
    static int? Need(LogRatio ratio) =>
        ratio.Repeats < LogRatio.LeastRepeats ? LogRatio.LeastRepeats : ratio.RepeatsToDecide(Verdicts.IsolationMargin) is { } repeats ? Math.Max(repeats, ratio.Repeats + 1) : null;

    /// <summary>Seconds of a repeat of a cell: as they were, else as all were, else as was planned.</summary>
    static Func<int, double> Pace(RunData run)
    {
        var walls = run.Events.OfType<TrialDone>().Where(d => d.Status == "ok").Select(d => (Cell: CellEvidences.TrialId(d.Trial)?.Cell ?? -1, d.WallSeconds)).ToLookup(d => d.Cell, d => d.WallSeconds);
        var all = walls.SelectMany(w => w).ToArray();
        var usual = run.Info.Simulated || all.Length == 0 ? run.Plan.Seconds / Math.Max(1, run.Plan.Trials.Count) : Selection.Median(all);
        return cell => run.Info.Simulated || !walls.Contains(cell) ? usual : Selection.Median(walls[cell].ToArray());
    }
}
