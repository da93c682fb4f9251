using GpuLab.Model;
using GpuLab.Results;
using GpuLab.Statistics.Gates;

namespace GpuLab.Statistics;

/// <summary>Turns a run folder into figures and findings. A pure function: the same folder gives the same analysis.</summary>
public static class Analyzer
{
    /// <param name="catalogue">Probes by which cells and metrics are read.</param>
    public static Analysis Analyze(RunData run, IReadOnlyList<ProbeInfo> catalogue)
    {
        var probes = catalogue.ToDictionary(p => p.Id);
        var cells = CellEvidences.Of(run);
        var names = run.Plan.Cells.ToDictionary(c => c.Number);
        var counted = cells.SelectMany(c => c.Measured, (c, t) => (t.Done.Trial, c.Cell.Number)).ToDictionary(t => t.Trial, t => t.Number);
        var windows = cells.SelectMany(c => c.Trials).Where(t => t.Window is not null).ToDictionary(t => t.Done.Trial, t => t.Window!);
        var groups = SampleGroups.Of(run.Samples, counted, windows);

        var byCell = cells.ToDictionary(c => c.Cell.Number);
        var hits = cells.ToDictionary(c => c.Cell.Number, c => AllGates.Cells.SelectMany(g => g(c)).ToList());
        var unknown = new HashSet<string>();
        var known = new List<(GroupKey Key, ProbeInfo Probe, Metric Metric, List<Series> Series)>();
        foreach (var (key, series) in groups)
        {
            var id = names[key.Cell].ProbeOf(key.Slice);
            var probe = probes.GetValueOrDefault(id);
            var metric = probe?.Metrics.FirstOrDefault(m => m.Name == key.Metric);
            if (metric is null) unknown.Add($"{id}/{key.Metric}");
            else known.Add((key, probe!, metric, series));
        }

        var builder = new FigureBuilder(run.Plan);
        var judged = known.AsParallel().AsOrdered().Select(g => Judge(builder.Build(byCell[g.Key.Cell], g.Key, g.Probe, g.Metric, g.Series), g.Series, hits[g.Key.Cell])).ToList();
        var ordered = judged.Select(j => j.Figure).Order(new FigureOrder(run.Plan)).ToList();
        var figures = ordered.Where(f => f.Samples > 0).ToList();
        var couplings = Couplings.Of([.. ordered.Where(f => f.Samples > 0 || f.Phase == Phase.Together)]);
        var interference = Interference.Of(run, figures, couplings);
        var findings = AllGates.Runs.SelectMany(g => g(new(run, cells, figures, unknown)))
            .Concat(cells.SelectMany(c => hits[c.Cell.Number]).Select(h => h.Finding))
            .Concat(interference.Findings)
            .Concat(judged.SelectMany(j => j.Findings))
            .OrderByDescending(f => f.Severity).ToList();
        return new(run, figures, Plateaus.Of([.. figures.Where(f => !f.ForRatio)], run.Info), findings) { Couplings = couplings, Interference = interference };
    }

    /// <summary>Puts what gates found on the figure.</summary>
    static (Figure Figure, List<Finding> Findings) Judge(Figure figure, List<Series> series, List<Hit> ofCell)
    {
        var own = AllGates.Figures.Select(g => g(new(figure, series))).OfType<Finding>().ToList();
        var about = ofCell.Where(h => (h.Slice ?? figure.Slice) == figure.Slice && (h.Phase ?? figure.Phase) == figure.Phase).Select(h => h.Finding).Concat(own).ToList();
        // A cell that was skipped in some repeats, or is only noted, is still to be trusted; but a choice of moments is told beside the figure, however few they are.
        var flags = about.Where(f => f.Severity > Severity.Note || f.Gate == OverlapGates.RepeatedFlag).Select(f => f.Gate).Distinct().ToList();
        return (figure with { Flags = flags, Worst = about.Count == 0 ? null : about.Max(f => f.Severity) }, own);
    }
}
