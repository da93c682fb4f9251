using System.Globalization;

namespace GpuLab.Running;

/// <summary>
/// Whether a worker is where it should be. Driver and CUDA write the same thing in different ways: UUIDs with and without prefix,
/// PCI domains of eight digits and of four, memory before and after what the driver keeps for itself.
/// </summary>
public static class SliceIdentity
{
    public const string Uuid = "uuid", Sms = "sms", Memory = "memory", Pci = "pci";

    /// <summary>Part of the memory that may be missing: what a driver reserves. The memories of two profiles differ by far more.</summary>
    const double Reserved = 0.1;

    /// <param name="wanted">What the slice is, as the partitioner found it.</param>
    /// <param name="found">What the worker said.</param>
    /// <returns>What does not agree, in words that follow "its"; null where all does.</returns>
    public static string? Mismatch(IReadOnlyDictionary<string, string> wanted, IReadOnlyDictionary<string, string> found)
    {
        foreach (var (name, should) in wanted)
        {
            var value = found.GetValueOrDefault(name, "nothing");
            if (!Same(name, should, value)) return $"{name} is {value}, not {should}";
        }
        return null;
    }

    static bool Same(string name, string wanted, string found) => name switch
    {
        Uuid => Bare(wanted).Equals(Bare(found), StringComparison.OrdinalIgnoreCase),
        Memory => Close(wanted, found),
        Pci => Address(wanted).Equals(Address(found), StringComparison.OrdinalIgnoreCase),
        _ => wanted == found,
    };

    /// <summary><c>MIG-x</c> and <c>GPU-x</c> are x. In <c>MIG-GPU-x/1/0</c>, as drivers before R470 wrote, CUDA knows only the GPU.</summary>
    static ReadOnlySpan<char> Bare(ReadOnlySpan<char> uuid)
    {
        if (uuid.StartsWith("MIG-", StringComparison.Ordinal)) uuid = uuid[4..];
        if (uuid.StartsWith("GPU-", StringComparison.Ordinal)) uuid = uuid[4..];
        var slash = uuid.IndexOf('/');
        return slash < 0 ? uuid : uuid[..slash];
    }

    static bool Close(string wanted, string found) =>
        double.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var a) && double.TryParse(found, NumberStyles.None, CultureInfo.InvariantCulture, out var b)
        && Math.Abs(a - b) <= Reserved * a;

    /// <summary>Domain without leading zeros.</summary>
    static ReadOnlySpan<char> Address(ReadOnlySpan<char> pci) => pci.TrimStart('0');
}
