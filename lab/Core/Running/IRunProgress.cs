using GpuLab.Results;
using GpuLab.Sweeps;

namespace GpuLab.Running;

/// <summary>Told what happens while it happens; shows it to people. Called from one thread at a time.</summary>
public interface IRunProgress
{
    void LayoutCut(LayoutGroup group, double seconds);

    void TrialStarts(Trial trial, RunState state);

    /// <param name="rows">What was measured; empty where it failed or was skipped.</param>
    void TrialEnds(Trial trial, TrialDone done, IReadOnlyList<SampleRow> rows, RunState state);
}

/// <summary>How far a run is.</summary>
/// <param name="Elapsed">Seconds of this execution.</param>
/// <param name="Left">Estimated seconds until the end.</param>
public readonly record struct RunState(int Done, int Total, int Failed, int Skipped, double Elapsed, double Left);
