using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GpuLab.Results;

/// <summary>
/// The JSON of a run folder: names in snake_case, NaN and infinities as <c>"NaN"</c>, <c>"Infinity"</c>, <c>"-Infinity"</c>; texts readable as they are.
/// A constructor parameter without a default must be in the file, so what later versions add gets a default.
/// </summary>
[JsonSerializable(typeof(RunInfo))]
[JsonSerializable(typeof(PlanDocument))]
[JsonSerializable(typeof(RunEvent))]
public sealed partial class ResultsJson : JsonSerializerContext
{
    /// <summary>For whole files: indented.</summary>
    public static ResultsJson Documents { get; } = new(With(indented: true));

    /// <summary>For events: one record on one line.</summary>
    public static ResultsJson Lines { get; } = new(With(indented: false));

    static JsonSerializerOptions With(bool indented) => new()
    {
        WriteIndented = indented,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        AllowOutOfOrderMetadataProperties = true,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };
}
