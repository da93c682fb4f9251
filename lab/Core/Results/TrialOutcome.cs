namespace GpuLab.Results;

/// <summary>How a trial ended; the folder adds the byte lengths and makes a <see cref="TrialDone"/> of it. Parameters as there.</summary>
public sealed record TrialOutcome(long TimeNs, string Trial, string Status, string Reason, IReadOnlyList<string> Flags, double WallSeconds, double TimedSeconds);
