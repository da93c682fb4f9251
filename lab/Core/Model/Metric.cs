namespace GpuLab.Model;

/// <summary>Which of two values of a metric is the better one.</summary>
public enum Better { Higher, Lower }

/// <summary>How the figures of several slices make one figure of the device.</summary>
public enum Across { Sum, Mean, Worst }

/// <summary>
/// What a number means; described once, beside the probe that measures it.
/// </summary>
/// <param name="Id"><c>probe/metric</c>, such as <c>mem.triad/bandwidth</c>.</param>
/// <param name="Unit">SI unit of stored values: <c>B/s</c>, <c>s</c>, <c>FLOP/s</c>, <c>1</c>.</param>
public sealed record Metric(string Id, string Unit, Better Better, Across Across, string Summary)
{
    /// <summary>The part after the slash.</summary>
    public string Name => Id[(Id.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
