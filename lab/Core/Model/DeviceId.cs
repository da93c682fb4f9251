using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace GpuLab.Model;

/// <summary>The kinds of device; above the seams nothing else tells them apart.</summary>
public enum DeviceKind { Auto, Host, Gpu, Simulated }

/// <summary>
/// A device as written: <c>auto</c>, <c>host</c>, <c>gpu:0</c>, a GPU UUID (<c>GPU-…</c>), or <c>sim:KEY</c>.
/// <see cref="Name"/> is the part after the colon, the UUID, or empty.
/// </summary>
public readonly record struct DeviceId(DeviceKind Kind, string Name) : IParsable<DeviceId>
{
    public static readonly DeviceId Auto = new(DeviceKind.Auto, ""), Host = new(DeviceKind.Host, "");

    public static DeviceId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"'{s}' is not a device: expected host, auto, gpu:N, GPU-uuid or sim:KEY.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out DeviceId result)
    {
        (var ok, result) = s switch
        {
            "auto" => (true, Auto),
            "host" => (true, Host),
            _ when s?.StartsWith("gpu:", StringComparison.Ordinal) == true => (int.TryParse(s.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out _), new(DeviceKind.Gpu, s[4..])),
            _ when s?.StartsWith("GPU-", StringComparison.Ordinal) == true => (s.Length > 4, new(DeviceKind.Gpu, s)),
            _ when s?.StartsWith("sim:", StringComparison.Ordinal) == true => (s.Length > 4, new(DeviceKind.Simulated, s[4..])),
            _ => (false, default(DeviceId)),
        };
        return ok;
    }

    public override string ToString() => Kind switch
    {
        DeviceKind.Host => "host",
        DeviceKind.Auto => "auto",
        DeviceKind.Simulated => $"sim:{Name}",
        _ => Name.StartsWith("GPU-", StringComparison.Ordinal) ? Name : $"gpu:{Name}",
    };
}
