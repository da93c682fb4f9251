using System.Globalization;

namespace GpuLab.Model;

/// <summary>What values a probe's parameter takes.</summary>
public enum ParameterType { Bytes, Seconds, Count, Fraction, Word, Text }

/// <summary>One axis of a probe.</summary>
/// <param name="Default">Used where a sweep does not name the parameter; null leaves the choice to the probe (which reports what it chose).</param>
/// <param name="Words">The words allowed, for <see cref="ParameterType.Word"/>.</param>
/// <param name="Min">Smallest number allowed, in SI.</param>
/// <param name="Max">Largest number allowed, in SI.</param>
public sealed record Parameter(string Name, ParameterType Type, string Summary, ParameterValue? Default = null,
    IReadOnlyList<string>? Words = null, double Min = 0, double Max = double.MaxValue);

/// <summary>One value of a parameter: a number in SI or a word.</summary>
public readonly record struct ParameterValue(ParameterType Type, double Number, string? Word = null)
{
    public static ParameterValue Bytes(double bytes) => new(ParameterType.Bytes, bytes);

    public static ParameterValue Count(double count) => new(ParameterType.Count, count);

    public static ParameterValue Seconds(double seconds) => new(ParameterType.Seconds, seconds);

    public static ParameterValue Of(string word) => new(ParameterType.Word, double.NaN, word);

    /// <summary>Whether the value is text rather than a number.</summary>
    public bool IsWord => Word is not null;

    /// <summary>As a sweep would write it: <c>64MiB</c>, <c>5ms</c>, <c>8</c>, <c>50%</c>, <c>pinned</c>.</summary>
    public override string ToString() => Type switch
    {
        _ when Word is not null => Word,
        ParameterType.Bytes => Units.BytesText(Number),
        ParameterType.Seconds => Units.SecondsText(Number),
        ParameterType.Fraction => Units.Invariant(Number * 100) + "%",
        _ => Number.ToString("R", CultureInfo.InvariantCulture),
    };
}
