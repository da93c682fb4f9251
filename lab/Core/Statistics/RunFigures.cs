using System.Globalization;
using GpuLab.Model;
using GpuLab.Results;

namespace GpuLab.Statistics;

/// <summary>
/// What comparisons, tables and histories need of a run: its figures, what probes reported while they prepared, and the power that was drawn. A page of the
/// run itself needs its samples as well, and so an <see cref="Analysis"/>.
/// </summary>
/// <param name="Figures">Read from where they were kept they lack their <see cref="Figure.Summary"/>.</param>
/// <param name="Facts">By cell and slice, of the first trial that has any.</param>
/// <param name="Power">Mean of the device's readings in the trials of each cell, W; cells without readings are absent.</param>
public sealed record RunFigures(string Folder, RunInfo Info, PlanDocument Plan, IReadOnlyList<Figure> Figures,
    IReadOnlyDictionary<(int Cell, string Slice), IReadOnlyDictionary<string, string>> Facts, IReadOnlyDictionary<int, double> Power)
{
    const string PowerField = "power_w";

    /// <summary>Of a run folder: as they were kept there by an earlier analysis of the same files, else analysed, and kept for the next time.</summary>
    /// <exception cref="RunFolderException">As <see cref="RunFolderReader.Read"/>.</exception>
    public static RunFigures Read(string folder, IReadOnlyList<ProbeInfo> catalogue) =>
        KeptFigures.Read(folder, catalogue) ?? Keep(Analyzer.Analyze(RunFolderReader.Read(folder), catalogue), catalogue);

    /// <summary>Of an analysis, which spares the next reader of the folder the same work.</summary>
    public static RunFigures Keep(Analysis analysis, IReadOnlyList<ProbeInfo> catalogue)
    {
        var figures = Of(analysis);
        KeptFigures.Write(figures, catalogue);
        return figures;
    }

    public static RunFigures Of(Analysis analysis)
    {
        var run = analysis.Run;
        var facts = run.Events.OfType<TrialReady>().GroupBy(r => (Cell(r.Trial), r.Slice)).ToDictionary(g => g.Key, g => g.First().Facts);
        var power = run.Telemetry.Where(t => t is { Scope: "device", Field: PowerField } && double.IsFinite(t.Value))
            .GroupBy(t => Cell(t.Trial)).Where(g => g.Key >= 0).ToDictionary(g => g.Key, g => g.Average(t => t.Value));
        return new(run.Folder, run.Info, run.Plan, analysis.Figures, facts, power);
    }

    /// <summary>What the probe reported under a name in a figure's cell and slice.</summary>
    public string? Fact(Figure figure, string name) => Facts.GetValueOrDefault((figure.Cell, figure.Slice))?.GetValueOrDefault(name);

    /// <summary>12 of <c>c12r3</c>; −1 where the text is no trial's id.</summary>
    static int Cell(string trial) =>
        trial.IndexOf('r', StringComparison.Ordinal) is var r and > 1 && trial[0] == 'c' && int.TryParse(trial.AsSpan(1, r - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var cell) ? cell : -1;
}
