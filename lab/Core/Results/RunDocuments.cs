using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace GpuLab.Results;

/// <summary><c>run.json</c> and <c>plan.json</c>.</summary>
static class RunDocuments
{
    public static RunInfo ReadInfo(string folder)
    {
        if (!File.Exists(Path.Combine(folder, RunFiles.Run)))
            throw new RunFolderException($"'{folder}' is not a run folder: there is no {RunFiles.Run} in it. Name the folder that gpulab run has written.") { NotARun = true };
        return Read(Path.Combine(folder, RunFiles.Run), ResultsJson.Documents.RunInfo);
    }

    public static PlanDocument ReadPlan(string folder) => Read(Path.Combine(folder, RunFiles.Plan), ResultsJson.Documents.PlanDocument);

    public static void Write(string folder, RunInfo info) =>
        DurableFile.Replace(Path.Combine(folder, RunFiles.Run), JsonSerializer.SerializeToUtf8Bytes(info, ResultsJson.Documents.RunInfo));

    public static void Write(string folder, PlanDocument plan) =>
        DurableFile.Replace(Path.Combine(folder, RunFiles.Plan), JsonSerializer.SerializeToUtf8Bytes(plan, ResultsJson.Documents.PlanDocument));

    static T Read<T>(string path, JsonTypeInfo<T> type)
    {
        var bytes = FileBytes.Read(path);
        try
        {
            // The version comes first: of a newer format nothing else can be relied on.
            using (var document = JsonDocument.Parse(bytes)) RequireKnownSchema(path, document.RootElement);
            return JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException("The file says null.");
        }
        catch (JsonException e)
        {
            throw new RunFolderException($"'{path}' is damaged: {e.Message} Restore it from a copy, or run the sweep again.", e);
        }
    }

    static void RequireKnownSchema(string path, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("schema", out var property) || property.ValueKind != JsonValueKind.Number || !property.TryGetInt32(out var schema))
            throw new JsonException("It has no schema number.");
        if (schema < 1) throw new JsonException(string.Create(CultureInfo.InvariantCulture, $"Schema {schema} never existed."));
        if (schema > RunInfo.Current)
            throw new RunFolderException(string.Create(CultureInfo.InvariantCulture,
                $"'{path}' was written by a newer gpulab (schema {schema}; this one reads up to {RunInfo.Current}). Use that version or a later one."));
    }
}
