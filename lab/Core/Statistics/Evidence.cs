using GpuLab.Results;

namespace GpuLab.Statistics;

/// <summary>A figure with the samples it was made from: what a gate over figures looks at.</summary>
sealed record FigureEvidence(Figure Figure, IReadOnlyList<Series> Series);

/// <summary>A cell with the fate of its trials: what a gate over cells looks at.</summary>
sealed record CellEvidence(CellDocument Cell, string Name, IReadOnlyList<TrialEvidence> Trials)
{
    /// <summary>Flags of all its trials, each with the trial that carries it.</summary>
    public IEnumerable<(TrialEvidence Trial, TrialFlag Flag)> Flags => Trials.SelectMany(t => t.Done.Flags.Select(f => (t, TrialFlag.Parse(f))));

    public IEnumerable<TrialEvidence> Measured => Trials.Where(t => t.Done.Status == "ok");

    /// <summary>Common windows of the trials that count under a phase in which several slices were at work.</summary>
    public IEnumerable<TrialWindow> Windows(Phase phase) => Measured.Select(t => t.Window).OfType<TrialWindow>().Where(w => w.Interleaved == (phase == Phase.Interleaved));
}

/// <summary>A finished trial.</summary>
/// <param name="Ready">By slice.</param>
/// <param name="Window">Of the phase in which slices worked together; null where there was none.</param>
/// <param name="Telemetry">Readings taken during it.</param>
sealed record TrialEvidence(TrialDone Done, int Repeat, IReadOnlyDictionary<string, TrialReady> Ready, TrialWindow? Window, IReadOnlyList<TelemetryRow> Telemetry);

/// <summary>What a gate found, and which figures it is about.</summary>
/// <param name="Slice">Null for all slices of the cell.</param>
/// <param name="Phase">Null for both.</param>
readonly record struct Hit(Finding Finding, string? Slice = null, Phase? Phase = null)
{
    public static implicit operator Hit(Finding finding) => new(finding);
}

/// <summary>A run with everything made from it: what a gate over runs looks at.</summary>
/// <param name="Unknown">Metrics with samples that the catalogue does not name.</param>
sealed record RunEvidence(RunData Run, IReadOnlyList<CellEvidence> Cells, IReadOnlyList<Figure> Figures, IReadOnlyCollection<string> Unknown);
