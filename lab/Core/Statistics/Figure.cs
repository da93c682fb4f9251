using GpuLab.Model;
using GpuLab.Results;
using GpuLab.Sweeps;

namespace GpuLab.Statistics;

/// <summary>A closed interval around an estimate.</summary>
/// <param name="Kind">What it is, for the reader: <c>95 % bootstrap</c>, <c>range of repeats</c> …</param>
public readonly record struct Interval(double Low, double High, string Kind);

/// <summary>
/// One figure of a run: a cell measured on one slice in one phase, summarised over its repeats. Everything that tables and plots show.
/// </summary>
/// <param name="Phase">
/// <see cref="Phase.Solo"/>, <see cref="Phase.Together"/>, or <see cref="Phase.Interleaved"/> where working at the same time is not proven. What was measured alone before and after working together is one figure, under Solo.
/// </param>
/// <param name="Samples">Finite samples of all repeats; for together, those inside the common windows.</param>
/// <param name="Median">Median over samples of all repeats, in the metric's unit.</param>
/// <param name="Interval">Over repeats where there are at least six, else the range of their medians; its kind says which.</param>
/// <param name="Spread">Median absolute deviation × 1.4826 ÷ median.</param>
/// <param name="Ceiling">What it is compared with; null where there is none.</param>
/// <param name="Flags">Why it should not be trusted; empty when it can be.</param>
/// <param name="Overlap">Of phases in which several slices worked: the least busy slice's share of the common window, in the worst repeat; null for solo.</param>
public sealed record Figure(int Cell, string Layout, string Mode, string Slice, string Profile, Phase Phase, ProbeInfo Probe, Parameters Parameters, Metric Metric,
    int Samples, int Repeats, double Median, Interval Interval, double Spread, Ceilinged? Ceiling, IReadOnlyList<string> Flags, double? Overlap)
{
    /// <summary>Quantiles of the pooled samples: minimum, 5 %, 25 %, 75 %, 95 %, 99 %, maximum.</summary>
    public Quantiles Quantiles { get; init; }

    /// <summary>The relative half-width of the median's interval that was asked for; changes below it mean nothing.</summary>
    public double Precision { get; init; } = Probe.Precision;

    /// <summary>Each repeat's median, in order of repeat; of what was measured before and after others worked, the geometric mean of the two.</summary>
    public IReadOnlyList<double> RepeatMedians { get; init; } = [];

    /// <summary>Number of the repeat of each of <see cref="RepeatMedians"/>.</summary>
    public IReadOnlyList<int> RepeatNumbers { get; init; } = [];

    /// <summary>Everything that is stored of the pooled samples. Its interval is that of one heap of samples; the one to show is <see cref="Interval"/>.</summary>
    public Summary? Summary { get; init; }

    /// <summary>The worst of the findings about this figure; null where there are none.</summary>
    public Severity? Worst { get; init; }

    /// <summary>Whether its slice was to be measured or to load something.</summary>
    public Role Role { get; init; }

    /// <summary>What works beside it, such as <c>mem.copy on 1c@1</c>; empty where nothing does or all slices do the same.</summary>
    public string Beside { get; init; } = "";

    /// <summary>Whether it comes from a mode whose cells differ in who works beside: then its ratio to alone is what tables and plots show.</summary>
    public bool ForRatio => Mode is "matrix" or "contention" or "dial" or "null";

    /// <summary>Whether several slices did this as one piece of work; there is no such figure of one of them alone.</summary>
    public bool IsJoint => Mode == "joint";

    /// <summary>How it is known that the slices worked together; null for what was measured alone.</summary>
    public OverlapProof? Proof { get; init; }

    /// <summary>What a person calls it: <c>mem.triad/bandwidth bytes=64MiB on 1c@0 of 2x1c, together</c>.</summary>
    public string Name => FigureName.Of(Metric.Id, Parameters.ToString(), Slice, Layout, Phase switch
    {
        Phase.Together when IsJoint => "as one",
        Phase.Together => Beside.Length == 0 ? "together" : $"beside {Beside}",
        Phase.Interleaved => Beside.Length == 0 ? "interleaved" : $"interleaved with {Beside}",
        _ => "alone",
    });
}

/// <summary>Points of a distribution, in the metric's unit.</summary>
public readonly record struct Quantiles(double Min, double P5, double Q1, double Q3, double P95, double P99, double Max);

/// <summary>A ceiling and the figure's share of it.</summary>
public readonly record struct Ceilinged(double Value, string Source, double Share);

/// <summary>How bad a finding is.</summary>
public enum Severity { Note, Suspect, Invalid }

/// <summary>Something a reader must know, with what to do about it. Made by small pure functions; shown in the terminal, the files and the report.</summary>
/// <param name="Gate">Short stable name, such as <c>noisy</c>, <c>timeout</c>, <c>no-overlap</c>, <c>thp-off</c>.</param>
/// <param name="Subject">What it is about: a figure's name, or the run.</param>
public sealed record Finding(Severity Severity, string Gate, string Subject, string Message, string Remedy);

/// <summary>What follows from a run folder and nothing else.</summary>
public sealed record Analysis(RunData Run, IReadOnlyList<Figure> Figures, IReadOnlyList<Plateau> Plateaus, IReadOnlyList<Finding> Findings)
{
    /// <summary>Alone against together, with verdicts, for every slice that was measured both ways.</summary>
    public IReadOnlyList<Coupling> Couplings { get; init; } = [];

    /// <summary>The couplings sorted: matrices, curves, indices.</summary>
    public Interference Interference { get; init; } = Interference.None;
}

/// <summary>A level part of a curve, such as a cache in a latency staircase.</summary>
/// <param name="From">First point of the axis on it.</param>
/// <param name="To">Last point of the axis on it.</param>
/// <param name="Name">Such as <c>L1</c>, <c>L2</c>, <c>DRAM</c>; empty where it cannot be told.</param>
public sealed record Plateau(string Probe, string Layout, string Slice, double From, double To, double Value, string Name);
