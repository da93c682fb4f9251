using GpuLab.Results;

namespace GpuLab.Cli;

/// <summary>What says beside a figure that it is a prediction. Lines are copied without the heading above them, so each carries it itself.</summary>
static class Marks
{
    /// <summary>Behind the title of a table.</summary>
    public static string Title(RunInfo run) => run.Simulated ? "  (SIMULATED: predicted, not measured)" : "";

    /// <summary>Before a sentence.</summary>
    public static string Line(bool simulated) => simulated ? "simulated: " : "";

    /// <inheritdoc cref="Line(bool)"/>
    public static string Line(RunInfo run) => Line(run.Simulated);
}
