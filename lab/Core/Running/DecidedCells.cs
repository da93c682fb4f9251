using System.Globalization;
using GpuLab.Results;
using GpuLab.Statistics;
using GpuLab.Statistics.Gates;
using GpuLab.Sweeps;

namespace GpuLab.Running;

/// <summary>
/// Keeps the ratio of together to alone of each repeat, and tells which cells need no more repeats: those whose verdicts hold at one of the
/// <see cref="InterimLooks"/>.
/// </summary>
sealed class DecidedCells
{
    readonly InterimLooks looks;
    readonly Dictionary<int, SortedDictionary<string, (Model.Better Better, List<double> Alone, List<double> Together)>> cells = [];
    readonly HashSet<int> invalid = [];

    /// <param name="most">Repeats that the sweep asks for.</param>
    /// <param name="earlier">Of a run that is resumed.</param>
    public DecidedCells(int most, RunData? earlier)
    {
        looks = new(most);
        if (earlier is null) return;
        this.earlier = Earlier(earlier);
        foreach (var done in earlier.Events.OfType<TrialDone>())
        {
            if (IsSpoilt(done.Flags) && CellEvidences.TrialId(done.Trial) is var (cell, _)) invalid.Add(cell);
        }
    }

    readonly Dictionary<int, List<(string Slice, double Alone, double Together)>>? earlier;

    /// <summary>Takes a repeat into account.</summary>
    public void Add(Trial trial, IReadOnlyList<Work> works, TrialResult result)
    {
        var cell = trial.Cell.Number;
        if (IsSpoilt(result.Flags)) invalid.Add(cell);
        foreach (var (slice, alone, together) in Ratios(result.Rows, result.Events.OfType<TrialWindow>().FirstOrDefault(), trial.Id))
        {
            var work = works.First(w => w.Slice == slice);
            if (work.Role == Role.Victim) Add(cell, slice, work.Probe.Main, alone, together);
        }
    }

    /// <summary>Nothing is certain of a cell that a gate will call INVALID.</summary>
    static bool IsSpoilt(IReadOnlyList<string> flags) =>
        flags.Select(TrialFlag.Parse).Any(f => f.Is(OverlapGates.Flag) || f.Is(DataGates.WrongDataFlag) || f.Is(DataGates.FutureFlag));

    /// <summary>Why a cell needs no more repeats; null where it does.</summary>
    public string? Has(Cell cell)
    {
        if (invalid.Contains(cell.Number)) return null;
        Recall(cell);
        if (!cells.TryGetValue(cell.Number, out var slices)) return null;
        var words = new List<string>();
        foreach (var (slice, (better, alone, together)) in slices)
        {
            if (looks.Confidence(alone.Count) is not { } confidence) return null;
            var verdict = Verdicts.Isolation(LogRatio.Paired(alone, together, better), confidence: confidence);
            if (verdict.Kind is VerdictKind.Undecided or VerdictKind.Invalid) return null;
            words.Add($"{slice} {verdict}");
        }
        var repeats = slices.Values.First().Alone.Count;
        return string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", words)} after {repeats} repeats");
    }

    /// <summary>Repeats of an earlier execution, once the cell says what is better.</summary>
    void Recall(Cell cell)
    {
        if (earlier is null || !earlier.Remove(cell.Number, out var found)) return;
        foreach (var (slice, alone, together) in found)
        {
            var work = cell.Works.FirstOrDefault(w => w.Slice == slice);
            if (work?.Role != Role.Aggressor) Add(cell.Number, slice, (work?.Probe ?? cell.Probe).Main, alone, together);
        }
    }

    void Add(int cell, string slice, Model.Metric metric, double alone, double together)
    {
        if (!cells.TryGetValue(cell, out var slices)) cells[cell] = slices = new(StringComparer.Ordinal);
        if (!slices.TryGetValue(slice, out var repeats)) slices[slice] = repeats = (metric.Better, [], []);
        repeats.Alone.Add(alone);
        repeats.Together.Add(together);
    }

    static Dictionary<int, List<(string Slice, double Alone, double Together)>> Earlier(RunData run)
    {
        var windows = run.Events.OfType<TrialWindow>().GroupBy(w => w.Trial).ToDictionary(g => g.Key, g => g.Last());
        var cells = new Dictionary<int, List<(string, double, double)>>();
        foreach (var trial in run.Samples.GroupBy(s => s.Trial))
        {
            if (CellEvidences.TrialId(trial.Key) is not var (number, _)) continue;
            if (!cells.TryGetValue(number, out var list)) cells[number] = list = [];
            list.AddRange(Ratios([.. trial], windows.GetValueOrDefault(trial.Key), trial.Key));
        }
        return cells;
    }

    /// <summary>Medians of one repeat's first metric, alone and in the window, of the slices that were measured both ways.</summary>
    static IEnumerable<(string Slice, double Alone, double Together)> Ratios(IReadOnlyList<SampleRow> rows, TrialWindow? window, string trial)
    {
        if (window is null) yield break;
        var groups = SampleGroups.Of(rows, new Dictionary<string, int> { [trial] = 0 }, new Dictionary<string, TrialWindow> { [trial] = window });
        foreach (var slice in groups.Keys.Select(k => k.Slice).Distinct().ToList())
        {
            var metric = groups.Keys.First(k => k.Slice == slice).Metric;
            if (!groups.TryGetValue(new(0, slice, metric, Phase.Solo), out var alone) || !groups.TryGetValue(new(0, slice, metric, Phase.Together), out var together)) continue;
            yield return (slice, alone[0].Level, together[0].Level);
        }
    }
}
