using System.Globalization;

namespace GpuLab.Model;

/// <summary>
/// Quantities with units as people write them in sweeps and on the command line. Inside, everything is SI:
/// bytes, seconds, fractions.
/// </summary>
public static class Units
{
    /// <summary>Bytes by unit. KB, MB … are powers of 1000, KiB, MiB … of 1024.</summary>
    public static readonly IReadOnlyDictionary<string, double> Bytes = new Dictionary<string, double>
    {
        ["B"] = 1, ["KB"] = 1e3, ["MB"] = 1e6, ["GB"] = 1e9, ["TB"] = 1e12,
        ["KiB"] = 1L << 10, ["MiB"] = 1L << 20, ["GiB"] = 1L << 30, ["TiB"] = 1L << 40,
    };

    /// <summary>Seconds by unit.</summary>
    public static readonly IReadOnlyDictionary<string, double> Seconds = new Dictionary<string, double>
    {
        ["ns"] = 1e-9, ["us"] = 1e-6, ["µs"] = 1e-6, ["ms"] = 1e-3, ["s"] = 1, ["min"] = 60, ["h"] = 3600,
    };

    /// <summary>Fractions: <c>2%</c> is 0.02.</summary>
    public static readonly IReadOnlyDictionary<string, double> Fractions = new Dictionary<string, double> { ["%"] = 0.01 };

    /// <summary>Reads <c>64MiB</c>, <c>1.5 ms</c>, <c>2%</c>: a finite non-negative number and one of the units.</summary>
    /// <param name="bare">Whether a number without a unit is accepted as it is.</param>
    public static bool TryParse(ReadOnlySpan<char> text, IReadOnlyDictionary<string, double> units, bool bare, out double value)
    {
        text = text.Trim();
        var end = text.Length;
        while (end > 0 && !char.IsAsciiDigit(text[end - 1]) && text[end - 1] != '.') end--;
        var unit = text[end..].Trim().ToString();
        var scale = unit.Length == 0 && bare ? 1 : units.GetValueOrDefault(unit, double.NaN);
        var read = double.TryParse(text[..end].Trim(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number);
        value = number * scale;
        return read && double.IsFinite(value);
    }

    /// <summary>The shortest exact way to write a number of bytes: <c>64MiB</c>, <c>1500B</c>.</summary>
    public static string BytesText(double bytes)
    {
        foreach (var unit in (ReadOnlySpan<string>)["TiB", "GiB", "MiB", "KiB"])
        {
            var count = bytes / Bytes[unit];
            if (count >= 1 && count == Math.Floor(count)) return Invariant(count) + unit;
        }
        return Invariant(bytes) + "B";
    }

    /// <summary>The shortest exact way to write a time: <c>5ms</c>, <c>1.5s</c>.</summary>
    public static string SecondsText(double seconds)
    {
        foreach (var unit in (ReadOnlySpan<string>)["s", "ms", "us", "ns"])
        {
            var count = Math.Round(seconds / Seconds[unit], 9);
            if (count >= 1 || unit == "ns" || seconds == 0) return Invariant(count) + unit;
        }
        return Invariant(seconds) + "s";
    }

    internal static string Invariant(double value) => value.ToString("0.#########", CultureInfo.InvariantCulture);
}
