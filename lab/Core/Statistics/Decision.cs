namespace GpuLab.Statistics;

/// <summary>Why a repeat ended although its figure is not as precise as asked.</summary>
public enum StopFlag { None, Noisy, Timeout }

/// <summary>What a look at a repeat's samples says.</summary>
/// <param name="Stop">Whether there are enough of them.</param>
/// <param name="Flag">None while it goes on, and where all rules are met.</param>
/// <param name="HalfWidth">Relative half-width of the median's 95 % interval when it was last computed; NaN before. For showing progress.</param>
public readonly record struct Decision(bool Stop, StopFlag Flag, double HalfWidth)
{
    /// <summary>As results carry it: <c>NOISY</c>, <c>TIMEOUT</c>, or null.</summary>
    public string? FlagText => Flag switch
    {
        StopFlag.Noisy => "NOISY",
        StopFlag.Timeout => "TIMEOUT",
        _ => null,
    };
}
