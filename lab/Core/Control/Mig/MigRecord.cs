using System.Text.Json;
using System.Text.Json.Serialization;

namespace GpuLab.Control.Mig;

/// <summary>A line of a GPU's journal, JSON. The first is <see cref="Begun"/>; a torn last line was never written.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "record")]
[JsonDerivedType(typeof(Begun), "begun")]
[JsonDerivedType(typeof(Doing), "doing")]
[JsonDerivedType(typeof(Did), "did")]
[JsonDerivedType(typeof(Stuck), "needs-restore")]
[JsonDerivedType(typeof(Kept), "kept")]
[JsonDerivedType(typeof(Ended), "ended")]
abstract record MigRecord(DateTimeOffset Time)
{
    /// <param name="Boot">Instances do not survive a restart of the machine.</param>
    /// <param name="Pid">Who did it.</param>
    public sealed record Begun(DateTimeOffset Time, int Version, string Gpu, string Boot, int Pid, MigSnapshot Found, IReadOnlyList<MigStep> Steps) : MigRecord(Time);

    public sealed record Doing(DateTimeOffset Time, MigStep Step) : MigRecord(Time);

    public sealed record Did(DateTimeOffset Time, MigStep Step, MigGpuInstance? Made) : MigRecord(Time);

    public sealed record Stuck(DateTimeOffset Time, string Reason) : MigRecord(Time);

    public sealed record Kept(DateTimeOffset Time) : MigRecord(Time);

    public sealed record Ended(DateTimeOffset Time) : MigRecord(Time);

    public const int Current = 1;

    public byte[] ToLine() => [.. JsonSerializer.SerializeToUtf8Bytes(this, MigJson.Default.MigRecord), (byte)'\n'];
}

[JsonSourceGenerationOptions(IgnoreReadOnlyProperties = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(MigRecord))]
sealed partial class MigJson : JsonSerializerContext;
