using GpuLab.Model;
using GpuLab.Statistics;

namespace GpuLab.Reports.Comparison;

/// <summary>A run that takes part in a comparison.</summary>
/// <param name="Label"><c>A</c>, <c>B</c> … in the order given.</param>
public sealed record ComparedRun(string Label, RunFigures Run, Hardware Hardware)
{
    /// <summary>For readers: <c>B quickstart, AMD EPYC …</c>.</summary>
    public string Title => $"{Label} {Run.Info.Name}";
}

/// <summary>One cell's figure in one column.</summary>
public sealed record Side(ComparedRun Run, Figure Figure, Normalised Normalised);

/// <summary>A column held against the first.</summary>
/// <param name="Ratio">Of performance: above 1 is better than the first column, whatever the metric's direction.</param>
/// <param name="Interval">95 % of the ratio; without end where there is a single repeat.</param>
/// <param name="Factors">What the hardware alone would explain of it; null where nothing is known, or the devices are the same.</param>
public sealed record Outcome(LogRatio Ratio, Interval Interval, Verdict Verdict, Factors? Factors);

/// <summary>One question asked of every column.</summary>
/// <param name="Sides">One a column; null where that column has no such cell.</param>
/// <param name="Outcomes">One a column; null for the first, and where either side is missing.</param>
public sealed record ComparedCell(CellKey Key, ProbeInfo Probe, Metric Metric, IReadOnlyList<Side?> Sides, IReadOnlyList<Outcome?> Outcomes)
{
    /// <summary>The worst ratio of its outcomes: what a regression is looked for in.</summary>
    public double Worst => Outcomes.Where(o => o is not null && double.IsFinite(o.Ratio.Ratio)).Select(o => o!.Ratio.Ratio).DefaultIfEmpty(double.NaN).Min();
}

/// <summary>Cells of one probe, alone or together, in one column: how many came out how.</summary>
/// <param name="Ratio">Geometric mean over the cells that have one.</param>
public sealed record GroupSummary(string Probe, string When, string Column, IReadOnlyDictionary<VerdictKind, int> Verdicts, double Ratio, double Worst, double Best)
{
    public int Cells => Verdicts.Values.Sum();
}

/// <summary>Runs, or the values of one parameter, held against each other. A pure function of run folders.</summary>
/// <param name="By">What columns differ in: <c>run</c>, <c>layout</c>, <c>mode</c>, <c>slice</c>, <c>phase</c>, or a parameter's name.</param>
/// <param name="Columns">The first is what the others are held against.</param>
/// <param name="Cells">Those that at least two columns have.</param>
/// <param name="Alone">Cells that only one column has, by column.</param>
/// <param name="Subject">What is compared, as told by what differs: <c>device</c>, <c>program</c>, or <c>time</c>.</param>
/// <param name="Differences">Everything else that differs between the runs.</param>
/// <param name="Objections">Why this compares apples to oranges, each a sentence; empty where it does not.</param>
public sealed record RunComparison(IReadOnlyList<ComparedRun> Runs, string By, IReadOnlyList<string> Columns, IReadOnlyList<ComparedCell> Cells, IReadOnlyList<int> Alone,
    string Subject, IReadOnlyList<Difference> Differences, IReadOnlyList<string> Objections)
{
    public bool Simulated => Runs.Any(r => r.Run.Info.Simulated);

    /// <summary>What the device of each run is called where there is little room: its product without variants, as long as that tells the devices apart.</summary>
    public IReadOnlyList<string> Devices { get; } = DeviceText.Short([.. Runs.Select(r => r.Run.Info.DeviceName)]);

    /// <summary>A column for a legend: its label, with the device where devices are what differs.</summary>
    public string Named(int column) => By == "run" && Subject == "device" ? $"{Columns[column]} {Devices[column]}" : Columns[column];

    public IReadOnlyList<GroupSummary> Groups { get; } = Summaries.Of(Cells, Columns);

    /// <summary>Outcomes with their cell and column, worst first.</summary>
    public IEnumerable<(ComparedCell Cell, int Column, Outcome Outcome)> Outcomes =>
        Cells.SelectMany(c => c.Outcomes.Select((o, i) => (c, i, o))).Where(o => o.o is not null).Select(o => (o.c, o.i, o.o!)).OrderBy(o => double.IsNaN(o.Item3.Ratio.Log) ? double.NegativeInfinity : o.Item3.Ratio.Log);

    /// <summary>Cells shown to be slower, whose ratio is below 1 − <paramref name="by"/>.</summary>
    public IEnumerable<(ComparedCell Cell, int Column, Outcome Outcome)> Regressions(double by) => Outcomes.Where(o => o.Outcome.Verdict.Kind == VerdictKind.Slower && o.Outcome.Ratio.Ratio < 1 - by);

    /// <summary>Cells with a side that is not valid.</summary>
    public IEnumerable<(ComparedCell Cell, int Column, Outcome Outcome)> Invalid => Outcomes.Where(o => o.Outcome.Verdict.Kind == VerdictKind.Invalid);
}
