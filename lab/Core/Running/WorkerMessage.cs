using System.Text.Json;
using System.Text.Json.Serialization;
using GpuLab.Results;

namespace GpuLab.Running;

/// <summary>
/// What coordinator and worker say to each other: JSON, one message a line, a closed family told apart by <c>type</c>.
/// NaN and infinities are legal values.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Hello), "hello")]
[JsonDerivedType(typeof(Prepare), "prepare")]
[JsonDerivedType(typeof(Ready), "ready")]
[JsonDerivedType(typeof(Skipped), "skip")]
[JsonDerivedType(typeof(Failed), "fail")]
[JsonDerivedType(typeof(Go), "go")]
[JsonDerivedType(typeof(Done), "done")]
[JsonDerivedType(typeof(Finish), "finish")]
[JsonDerivedType(typeof(Finished), "finished")]
[JsonDerivedType(typeof(Exit), "exit")]
public abstract record WorkerMessage(string Slice)
{
    /// <summary>Raised when a message changes its meaning.</summary>
    public const int Protocol = 1;

    public string ToLine() => JsonSerializer.Serialize(this, WorkerJson.Default.WorkerMessage);

    /// <exception cref="JsonException">The line is not a message.</exception>
    public static WorkerMessage FromLine(string line) =>
        JsonSerializer.Deserialize(line, WorkerJson.Default.WorkerMessage) ?? throw new JsonException("null is not a message");
}

/// <summary>First word of a worker. Its identity must match the slice or it is refused before any timing.</summary>
public sealed record Hello(string Slice, int Version, int Pid, IReadOnlyDictionary<string, string> Identity) : WorkerMessage(Slice);

/// <summary>Get a probe ready; answered by <see cref="Ready"/>, <see cref="Skipped"/> or <see cref="Failed"/>.</summary>
/// <param name="Team">The slices that do it as one piece of work, by rank; null where each works for itself.</param>
/// <param name="Shared">Path of the memory that they share; null on simulated devices.</param>
public sealed record Prepare(string Slice, string Trial, string Probe, IReadOnlyDictionary<string, ParameterDocument> Parameters, ulong Seed, string Scratch, int Repeat = 1,
    IReadOnlyList<string>? Team = null, string? Shared = null) : WorkerMessage(Slice);

/// <summary>Allocated, checked against the reference, calibrated.</summary>
public sealed record Ready(string Slice, double? Ceiling, string CeilingSource, IReadOnlyDictionary<string, string> Facts, bool KeepsTuning = false) : WorkerMessage(Slice);

/// <summary>This cell cannot be measured on this slice.</summary>
public sealed record Skipped(string Slice, string Reason) : WorkerMessage(Slice);

/// <summary>Something broke; the worker lives on.</summary>
public sealed record Failed(string Slice, string Reason) : WorkerMessage(Slice);

/// <summary>Arm for a phase; it starts at the deadline in shared memory and ends at the stop flag there.</summary>
/// <param name="Number">Grows with each phase; the worker writes it into its slot once it is armed.</param>
/// <param name="Beside">The other slices at work in this phase, told to simulated devices only: nothing real couples them.</param>
/// <param name="PeriodNs">From the start of one sample to that of the next, for a slice that works at part of its rate; 0 for back to back.</param>
public sealed record Go(string Slice, long Number, Phase Phase, IReadOnlyList<WorkBeside>? Beside = null, long PeriodNs = 0) : WorkerMessage(Slice);

/// <summary>What another slice runs in the same phase.</summary>
public sealed record WorkBeside(string Slice, string Probe, IReadOnlyDictionary<string, ParameterDocument> Parameters, double Duty = 1);

/// <summary>The phase is over; its samples are in the ring.</summary>
/// <param name="Dropped">Samples lost because the ring was full.</param>
public sealed record Done(string Slice, long Number, long Written, long Dropped) : WorkerMessage(Slice);

/// <summary>Verify what the kernel left behind and let go of it.</summary>
public sealed record Finish(string Slice) : WorkerMessage(Slice);

/// <param name="Wrong">What the verification found; null when all is right.</param>
public sealed record Finished(string Slice, string? Wrong) : WorkerMessage(Slice);

/// <summary>End the process.</summary>
public sealed record Exit(string Slice) : WorkerMessage(Slice);

/// <summary>Source-generated, because reflection would cost a worker 50 ms of its start.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WorkerMessage))]
sealed partial class WorkerJson : JsonSerializerContext;
