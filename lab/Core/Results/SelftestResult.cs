using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GpuLab.Results;

/// <summary>What a selftest found: <c>selftest.json</c>. SI units; names in snake_case.</summary>
/// <param name="Format">Of this document.</param>
/// <param name="Complete">False where the test was cut short; what is there was found before.</param>
/// <param name="Timer">Null where it has not been looked at.</param>
/// <param name="Doing">What was about to begin when this was written: a process that is lost was lost in it.</param>
public sealed record SelftestResult(int Format, string Program, DateTimeOffset Taken, bool Complete, SelftestDevice Device, SelftestClocks Clocks,
    IReadOnlyList<SelftestModule> Modules, IReadOnlyList<SelftestKernel> Kernels, IReadOnlyList<SelftestCheck> Checks, IReadOnlyList<SelftestFigure> Figures,
    SelftestTimer? Timer = null, SelftestStep? Doing = null)
{
    public const int Current = 1;

    /// <summary>Checks and figures that were wrong.</summary>
    [JsonIgnore]
    public int Wrong => Checks.Count(c => c.Outcome == SelftestOutcome.Wrong) + Figures.Count(f => f.Outcome == SelftestOutcome.Wrong);
}

/// <summary>The device as CUDA shows it.</summary>
/// <param name="Memory">Bytes.</param>
/// <param name="L2">Bytes.</param>
/// <param name="SmNumbers">Those that blocks came to: <c>0-13, 16-27</c>.</param>
/// <param name="Driver">The CUDA release that the driver supports.</param>
public sealed record SelftestDevice(string Name, string Uuid, string Pci, string Capability, string Driver, long Memory, long L2, int Sms, string SmNumbers, int CopyEngines);

/// <summary>The clocks that figures are timed by.</summary>
/// <param name="EventStepNs">Of the times of events.</param>
/// <param name="TimerStepNs">Of the timer that all SMs share: the smallest distance of successive values.</param>
/// <param name="SmClockHz">After idling; clocks under load are with the figures.</param>
/// <param name="UncertaintyNs">Of a device time on the host's clock.</param>
public sealed record SelftestClocks(double EventStepNs, double TimerStepNs, double SmClockHz, double UncertaintyNs);

/// <summary>Whether two processes on the device read one timer, by its distance from the host's clock in each.</summary>
/// <param name="Common">Null where it could not be found out.</param>
/// <param name="Why">Why it could not be.</param>
/// <param name="DifferenceNs">Of the other process's timer from this one's.</param>
/// <param name="WithinNs">Uncertainty of the difference, both sides of it.</param>
public sealed record SelftestTimer(bool? Common, string? Why, double DifferenceNs, double WithinNs);

[JsonConverter(typeof(JsonStringEnumConverter<SelftestStepKind>))]
public enum SelftestStepKind
{
    [JsonStringEnumMemberName("module")]
    Module,

    [JsonStringEnumMemberName("timer")]
    Timer,

    [JsonStringEnumMemberName("check")]
    Check,

    [JsonStringEnumMemberName("figure")]
    Figure,
}

/// <summary>One step of a selftest; what it finds is in the document before the next begins.</summary>
/// <param name="Name">Of the module, check or probe.</param>
public sealed record SelftestStep(SelftestStepKind Kind, string Name)
{
    public override string ToString() => Kind switch
    {
        SelftestStepKind.Module => $"loading {Name}",
        SelftestStepKind.Timer => "looking at the timer from two processes",
        SelftestStepKind.Check => $"check {Name}",
        _ => Name,
    };
}

/// <param name="Problem">Why it was not loaded; null where it was.</param>
/// <param name="Seconds">Of loading: compiling where the driver's cache did not have it.</param>
public sealed record SelftestModule(string Name, string? Problem, double Seconds, string Log);

/// <param name="LocalBytes">A thread's spilled registers and arrays: 0 is right for every kernel here.</param>
public sealed record SelftestKernel(string Name, string Module, int Registers, int LocalBytes, int SharedBytes, int MaxThreads);

[JsonConverter(typeof(JsonStringEnumConverter<SelftestOutcome>))]
public enum SelftestOutcome
{
    [JsonStringEnumMemberName("right")]
    Right,

    [JsonStringEnumMemberName("wrong")]
    Wrong,

    [JsonStringEnumMemberName("not proven")]
    NotProven,
}

/// <param name="Why">What is wrong, or why it could not be proven here.</param>
public sealed record SelftestCheck(string Name, IReadOnlyList<string> Kernels, SelftestOutcome Outcome, string? Why, double Seconds);

/// <summary>A short look at one figure, to see that it is near its ceiling; no measurement.</summary>
/// <param name="Value">Median of the samples; NaN where there are none.</param>
/// <param name="Ceiling">NaN where there is none or it is unknown.</param>
/// <param name="CeilingSource">How the ceiling is known, or why it is not; empty where the metric has none.</param>
/// <param name="Facts">How it was taken.</param>
public sealed record SelftestFigure(string Probe, string Metric, string Unit, SelftestOutcome Outcome, string? Why, double Value, int Samples, double Ceiling, string CeilingSource,
    IReadOnlyDictionary<string, string> Facts);

[JsonSerializable(typeof(SelftestResult))]
public sealed partial class SelftestJson : JsonSerializerContext
{
    public static SelftestJson Documents { get; } = new(new JsonSerializerOptions
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    });

    /// <summary>By rename, so that a reader never sees half of it.</summary>
    public static void Write(string path, SelftestResult result)
    {
        var draft = path + ".tmp";
        File.WriteAllText(draft, JsonSerializer.Serialize(result, Documents.SelftestResult) + "\n");
        File.Move(draft, path, overwrite: true);
    }

    /// <exception cref="JsonException">It is no such document.</exception>
    public static SelftestResult Read(string path) => JsonSerializer.Deserialize(File.ReadAllText(path), Documents.SelftestResult) ?? throw new JsonException($"{path} is empty");
}
