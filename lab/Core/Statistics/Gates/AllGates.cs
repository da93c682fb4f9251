namespace GpuLab.Statistics.Gates;

/// <summary>Every gate, in the order in which findings of equal severity are shown.</summary>
static class AllGates
{
    public static readonly IReadOnlyList<Func<CellEvidence, IEnumerable<Hit>>> Cells =
    [
        TrialGates.Failed, DataGates.WrongData, DataGates.Future, OverlapGates.NoOverlap, OverlapGates.Interleaved, OverlapGates.Coarse, OverlapGates.Repeated, DataGates.Dropped, TrialGates.Flagged, StoppingGates.Noisy, StoppingGates.TimedOut, HostGates.Steal, HostGates.OtherRun, GpuGates.MemoryErrors, GpuGates.MemoryClock, GpuGates.MemoryWear, LinkGates.Slow, LinkGates.Replays, TrialGates.Skipped,
    ];

    public static readonly IReadOnlyList<Func<FigureEvidence, Finding?>> Figures =
    [
        DataGates.NotFinite, DataGates.Backwards, ShapeGates.SoloMoved, OverlapGates.RatesDiffer, CeilingGates.Above, ShapeGates.Drifts, DataGates.Marked,
        ShapeGates.RepeatsDiffer, ShapeGates.Multimodal, ShapeGates.ManyOutliers,
    ];

    public static readonly IReadOnlyList<Func<RunEvidence, IEnumerable<Finding>>> Runs =
    [
        HostGates.Simulated, TrialGates.Unfinished, TrialGates.LeftOut, StoppingGates.FewRepeats, HostGates.SmallPages, HostGates.Governor, GpuGates.Clocks, GpuGates.Temperature, LinkGates.OneEngine, CatalogueGates.Unknown,
    ];
}
