using System.Globalization;

namespace GpuLab.Model;

/// <summary>The one formatter of figures for people: SI values in, four significant digits and a fitting unit out.</summary>
public static class Pretty
{
    static readonly string[] Large = ["", "k", "M", "G", "T", "P", "E"];
    static readonly string[] Small = ["", "m", "µ", "n", "p"];

    /// <summary>A value with its unit: <c>11.42 GB/s</c>, <c>103.1 ns</c>, <c>64 MiB</c>, <c>97.2 %</c>.</summary>
    /// <param name="unit"><c>B/s</c>, <c>FLOP/s</c>, <c>s</c>, <c>B</c>, <c>1</c> (a bare ratio), <c>%</c> (a fraction shown in percent) or any other SI unit.</param>
    public static string Value(double value, string unit) => unit switch
    {
        _ when double.IsNaN(value) => "–",
        _ when double.IsInfinity(value) => value > 0 ? "∞" : "−∞",
        "B" => Bytes(value),
        "%" => Percent(value),
        "1" => Digits(value),
        "s" => Time(value),
        _ => Scaled(value, unit),
    };

    /// <summary>A size in binary units.</summary>
    public static string Bytes(double value)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
        var step = value == 0 ? 0 : Math.Clamp((int)Math.Floor(Math.Log2(Math.Abs(value)) / 10), 0, units.Length - 1);
        return $"{Digits(value / Math.Pow(1024, step))} {units[step]}";
    }

    /// <summary>A fraction in percent.</summary>
    public static string Percent(double fraction) => double.IsNaN(fraction) ? "–" : $"{Fixed(fraction * 100, Math.Abs(fraction) < 0.0995 ? 2 : 1)} %";

    /// <summary>A time from picoseconds to hours.</summary>
    public static string Time(double seconds) => Math.Abs(seconds) switch
    {
        0 => "0 s",
        >= 7200 => $"{Fixed(seconds / 3600, 1)} h",
        >= 120 => $"{Fixed(seconds / 60, 1)} min",
        _ => Scaled(seconds, "s"),
    };

    /// <summary>Four significant digits, no exponent unless there is no other way.</summary>
    public static string Digits(double value)
    {
        if (value == 0) return "0";
        var magnitude = (int)Math.Floor(Math.Log10(Math.Abs(value)));
        return magnitude is < -4 or > 14 ? value.ToString("0.###e0", CultureInfo.InvariantCulture) : Fixed(value, Math.Clamp(3 - magnitude, 0, 8));
    }

    static string Scaled(double value, string unit)
    {
        if (value == 0) return $"0 {unit}";
        var step = (int)Math.Floor(Math.Log10(Math.Abs(value) * (1 + 1e-12)) / 3);
        step = Math.Clamp(step, 1 - Small.Length, unit == "s" ? 0 : Large.Length - 1);
        var prefix = step >= 0 ? Large[step] : Small[-step];
        return $"{Digits(value / Math.Pow(1000, step))} {prefix}{unit}";
    }

    static string Fixed(double value, int digits) => value.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
