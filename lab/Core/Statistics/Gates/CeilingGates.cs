using GpuLab.Model;

namespace GpuLab.Statistics.Gates;

/// <summary>Figures better than what is possible.</summary>
static class CeilingGates
{
    /// <summary>A ceiling is itself measured or read; this much above it is within its own error.</summary>
    const double Slack = 1.02;

    public static Finding? Above(FigureEvidence evidence)
    {
        if (evidence.Figure.Ceiling is not { Share: > Slack } ceiling || Surely(evidence.Figure, ceiling.Value) <= Slack) return null;
        return new(Severity.Suspect, "above-ceiling", evidence.Figure.Name,
            $"{Pretty.Percent(ceiling.Share)} of its ceiling of {Pretty.Value(ceiling.Value, evidence.Figure.Metric.Unit)} ({ceiling.Source}).",
            "Either less work was done than is counted, such as reads that a cache served, or the ceiling is too low: check the size of the working set.");
    }

    /// <summary>The share of the ceiling at the worse end of the figure's interval.</summary>
    static double Surely(Figure figure, double ceiling) =>
        figure.Metric.Better == Better.Higher ? figure.Interval.Low / ceiling : ceiling / figure.Interval.High;
}
