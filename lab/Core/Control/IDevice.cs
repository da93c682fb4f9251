using GpuLab.Model;

namespace GpuLab.Control;

/// <summary>A device as the harness sees it: facts, ways of cutting it, telemetry.</summary>
public interface IDevice
{
    DeviceId Id { get; }

    DeviceFacts Facts { get; }

    /// <summary>The ways of cutting it, the default first.</summary>
    IReadOnlyList<IPartitioner> Partitioners { get; }

    /// <summary>Readings of the whole device; never read by a worker.</summary>
    ITelemetry Telemetry { get; }
}

/// <summary>What is known about a device before anything is measured.</summary>
/// <param name="Name">As a person would say it: <c>NVIDIA H200</c>, <c>Intel Xeon … (2 cores)</c>.</param>
/// <param name="Memory">Bytes of memory that slices may use.</param>
/// <param name="Details">Provenance (MEASUREMENT 2.11) in display order: name → value.</param>
public sealed record DeviceFacts(DeviceKind Kind, string Name, long Memory, IReadOnlyDictionary<string, string> Details)
{
    /// <summary>Figures of a simulated device are predictions and say so wherever they appear.</summary>
    public bool Simulated => Kind == DeviceKind.Simulated;
}

/// <summary>Readings around and during a trial; the second seam to hardware.</summary>
public interface ITelemetry
{
    /// <summary>Reads everything once. Cheap enough to call between phases; unreadable fields are left out.</summary>
    IReadOnlyList<Reading> Read();

    /// <summary>How often it is read while slices work; null where reading would take something from them, so that it is read round a trial only.</summary>
    TimeSpan? Period => null;
}

/// <summary>One reading.</summary>
/// <param name="Scope">What it is of: <c>device</c>, <c>cpu0</c>, a slice's name.</param>
/// <param name="Field">With its unit as suffix: <c>clock_hz</c>, <c>steal_s</c>, <c>temperature_c</c>.</param>
public readonly record struct Reading(string Scope, string Field, double Value);
