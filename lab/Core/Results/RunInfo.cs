using System.Text.Json.Serialization;

namespace GpuLab.Results;

/// <summary><c>run.json</c>: what was run, where, by what. Positional, because defaults of init properties are lost in source-generated JSON.</summary>
/// <param name="Schema">Version of the folder's formats; newer than <see cref="Current"/> is refused.</param>
/// <param name="Sweep">The sweep file's text.</param>
/// <param name="SweepHash">SHA-256 of the text, hexadecimal.</param>
/// <param name="Device">As resolved: <c>host</c>, <c>gpu:0</c>, <c>sim:h200-141gb</c>.</param>
/// <param name="Simulated">Whether every figure of this run is a prediction.</param>
/// <param name="Provenance">Sections (host, device, tool …) of name → value, in display order.</param>
/// <param name="End">Null while it runs, or after a kill.</param>
/// <param name="Exit">Exit code once it has ended.</param>
/// <param name="Done">Trials finished when it ended; null while it runs, and in folders of earlier versions.</param>
/// <param name="Trials">Trials planned; null as <paramref name="Done"/>.</param>
public sealed record RunInfo(int Schema, string Tool, string Name, string Sweep, string SweepHash, ulong Seed, string Device, string DeviceName, bool Simulated,
    string CommandLine, DateTimeOffset Start, DateTimeOffset? End, int? Exit, IReadOnlyList<string> Tags,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Provenance,
    int? Done = null, int? Trials = null)
{
    public const int Current = 1;
}

/// <summary><c>plan.json</c>.</summary>
/// <param name="Units">Units of the device a layout strip is drawn over.</param>
/// <param name="UnitName">What one unit is.</param>
/// <param name="Trials">Ids in the order in which they run.</param>
/// <param name="Seconds">Estimated wall time.</param>
/// <param name="Precision">Relative half-width asked of every median; null for each probe's own.</param>
public sealed record PlanDocument(int Schema, string Partitioner, int Units, string UnitName, IReadOnlyList<LayoutDocument> Layouts, IReadOnlyList<CellDocument> Cells,
    IReadOnlyList<string> Trials, IReadOnlyList<SkipDocument> Skips, double Seconds, double? Precision = null);

/// <summary>A layout with its places.</summary>
public sealed record LayoutDocument(string Layout, IReadOnlyList<SliceDocument> Slices);

/// <summary>A slice in its place.</summary>
public sealed record SliceDocument(string Name, string Profile, int Start, int Units, IReadOnlyList<int> Cpus);

/// <summary>A cell: numbers are SI, words are text.</summary>
/// <param name="Slice">The only slice measured; null where several are.</param>
/// <param name="Works">Who does what at once; null where all slices of the layout, or <paramref name="Slice"/> alone, do the cell's probe.</param>
/// <param name="Twin">1 and 2 for two cells that differ in nothing else; 0 where there is one.</param>
public sealed record CellDocument(int Number, string Layout, string Mode, string? Slice, string Probe, IReadOnlyDictionary<string, ParameterDocument> Parameters, int Repeats,
    IReadOnlyList<WorkDocument>? Works = null, int Twin = 0);

/// <summary>What one slice of a cell does.</summary>
/// <param name="Role"><c>victim</c> or <c>aggressor</c>.</param>
/// <param name="Duty">Declared share of the work that the slice does alone in the same time.</param>
public sealed record WorkDocument(string Slice, string Probe, IReadOnlyDictionary<string, ParameterDocument> Parameters, string Role = "victim", double Duty = 1);

/// <summary>A parameter's value with what is needed to print it.</summary>
/// <param name="Type">Name of a <see cref="Model.ParameterType"/>.</param>
public sealed record ParameterDocument(string Type, double Number, string? Word);

/// <summary>What was asked for and is not measured.</summary>
public sealed record SkipDocument(string What, string Reason, int Cells);

/// <summary>One line of <c>events.jsonl</c>: a closed family, told apart by <c>event</c>. Readers skip kinds they do not know.</summary>
/// <param name="TimeNs">CLOCK_MONOTONIC nanoseconds of the coordinator.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FallBackToBaseType, IgnoreUnrecognizedTypeDiscriminators = true)]
[JsonDerivedType(typeof(RunStarted), "run-started")]
[JsonDerivedType(typeof(PartitionStep), "partition")]
[JsonDerivedType(typeof(WorkerEvent), "worker")]
[JsonDerivedType(typeof(TrialReady), "trial-ready")]
[JsonDerivedType(typeof(TrialWindow), "trial-window")]
[JsonDerivedType(typeof(TrialClocks), "trial-clocks")]
[JsonDerivedType(typeof(TrialBlob), "trial-blob")]
[JsonDerivedType(typeof(TrialDone), "trial-done")]
[JsonDerivedType(typeof(RunEnded), "run-ended")]
public record RunEvent(long TimeNs);

/// <summary>A start or a resume. Boot id and wall clock tie the monotonic times to the world.</summary>
public sealed record RunStarted(long TimeNs, DateTimeOffset Utc, string BootId, int Pid, bool Resumed) : RunEvent(TimeNs);

/// <summary>A cut, or one change that it took.</summary>
/// <param name="Step"><c>cut</c> for the whole of it, or such as <c>create instance</c>.</param>
/// <param name="Slice">What was changed, with its place; empty for the whole of a cut.</param>
public sealed record PartitionStep(long TimeNs, string Layout, string Step, double Seconds, string Slice = "") : RunEvent(TimeNs);

/// <summary>A worker's start, identity, exit or death.</summary>
public sealed record WorkerEvent(long TimeNs, string Slice, string What, string Detail, double Seconds) : RunEvent(TimeNs);

/// <summary>What a probe chose and found while preparing; one for each slice of the trial.</summary>
public sealed record TrialReady(long TimeNs, string Trial, string Slice, double? Ceiling, string CeilingSource, IReadOnlyDictionary<string, string> Facts) : RunEvent(TimeNs);

/// <summary>Proof of overlap of a phase in which several slices worked.</summary>
/// <param name="StartNs">Start of the common window.</param>
/// <param name="SkewNs">Latest minus earliest start of a worker.</param>
/// <param name="Busy">Busy share of each slice in the window.</param>
/// <param name="Rates">What each slice did in the window; null in folders written before it was kept.</param>
/// <param name="Waiting">Share of its time in which each slice was ready to work and had no processor; null where that is not known, or does not show in samples.</param>
public sealed record TrialWindow(long TimeNs, string Trial, Phase Phase, long StartNs, long EndNs, long SkewNs, IReadOnlyDictionary<string, double> Busy,
    IReadOnlyDictionary<string, WindowRate>? Rates = null, IReadOnlyDictionary<string, double>? Waiting = null) : RunEvent(TimeNs)
{
    /// <summary>Slices that waited for a longer share than this were not busy for the share of the window that is needed, whatever their samples say.</summary>
    const double MostWaiting = 0.05;

    /// <summary>Whether slices may have taken turns.</summary>
    [JsonIgnore]
    public bool Interleaved => Waiting?.Values.Any(w => w > MostWaiting) == true;
}

/// <summary>Two rates of one slice in a common window, which agree where its samples follow each other without gaps.</summary>
/// <param name="Median">Of its samples: in the unit of its main metric where that is a rate, else operations a second.</param>
/// <param name="Mean">Work inside the window ÷ length of the window, in the same unit.</param>
/// <param name="Duty">Declared share of the work that it does alone in the same time.</param>
/// <param name="Samples">Wholly inside the window.</param>
/// <param name="PeriodNs">From one sample's start to the next where it is dialled; 0 where samples follow each other.</param>
public sealed record WindowRate(double Median, double Mean, double Duty, int Samples, long PeriodNs = 0);

/// <summary>Clocks as they were while a phase went on, read once near its end; only of devices that tell them.</summary>
/// <param name="Slice">The slice at work alone; empty where several work together.</param>
/// <param name="Hertz">By scope: <c>device</c>, <c>cpu0</c>.</param>
public sealed record TrialClocks(long TimeNs, string Trial, Phase Phase, string Slice, IReadOnlyDictionary<string, double> Hertz) : RunEvent(TimeNs);

/// <summary>A file that a probe left to stay, such as a trace of blocks.</summary>
/// <param name="Path">Relative to the run folder.</param>
public sealed record TrialBlob(long TimeNs, string Trial, string Slice, string Path) : RunEvent(TimeNs);

/// <summary>A trial is finished if and only if this record is on disk.</summary>
/// <param name="Status"><c>ok</c>, <c>skipped</c>, <c>failed</c>, or <c>decided</c> where earlier repeats were enough for a verdict.</param>
/// <param name="Reason">Empty when ok.</param>
/// <param name="Flags">Such as <c>NOISY</c>, <c>TIMEOUT</c>, <c>no-overlap</c>.</param>
/// <param name="SamplesLength">Bytes of <c>samples.csv</c> up to and including this trial.</param>
/// <param name="TimedSeconds">Wall time inside timed regions, warm-up and required waits.</param>
public sealed record TrialDone(long TimeNs, string Trial, string Status, string Reason, IReadOnlyList<string> Flags,
    long SamplesLength, long TelemetryLength, double WallSeconds, double TimedSeconds) : RunEvent(TimeNs);

/// <summary>The end of an execution, clean or interrupted.</summary>
public sealed record RunEnded(long TimeNs, int Exit, string Reason) : RunEvent(TimeNs);
