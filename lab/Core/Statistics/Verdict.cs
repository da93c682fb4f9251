namespace GpuLab.Statistics;

/// <summary>What a ratio amounts to. Of a victim beside others: Isolated, Coupled or Faster; of one cell against another: Faster, Slower or Same.</summary>
public enum VerdictKind { Isolated, Coupled, Faster, Slower, Same, Undecided, Invalid }

/// <summary>A verdict with its reason.</summary>
/// <param name="Reason">One sentence for the reader.</param>
public sealed record Verdict(VerdictKind Kind, string Reason)
{
    /// <summary>As reports show it: <c>ISOLATED</c>, <c>SLOWER</c> …</summary>
    public override string ToString() => Kind.ToString().ToUpperInvariant();
}
