using System.Globalization;
using System.Text.Json.Nodes;
using GpuLab.Model;

namespace GpuLab.Sweeps.Reading;

/// <summary>A number within bounds, in SI once read.</summary>
/// <param name="units">Scale by unit; null for a plain number.</param>
/// <param name="bare">Whether a number without a unit is taken as it is.</param>
/// <param name="whole">Whether the value read must be a whole number.</param>
/// <param name="print">How bounds are shown.</param>
sealed class NumberKind(string expected, IReadOnlyDictionary<string, double>? units, bool bare, bool whole, double min, double max, Func<double, string> print) : ScalarKind<double>
{
    static readonly Dictionary<string, double> NoUnits = [];

    public override string Expected => expected;

    public static NumberKind Bytes(double min, double max) =>
        new("a size such as 64MiB", Units.Bytes, bare: false, whole: true, Math.Max(min, 0), max, Units.BytesText);

    public static NumberKind Seconds(double min, double max) =>
        new("a time such as 500ms", Units.Seconds, bare: false, whole: false, min, max, Units.SecondsText);

    public static NumberKind Fraction(double min, double max) =>
        new("a share such as 0.5%", Units.Fractions, bare: true, whole: false, min, max, f => Units.Invariant(f * 100) + "%");

    public static NumberKind Count(double min, double max) =>
        new("a whole number", null, bare: true, whole: true, min, max, n => n.ToString("R", CultureInfo.InvariantCulture));

    protected override bool TryRead(string text, out double value, out string? problem)
    {
        problem = null;
        if (!Units.TryParse(text, units ?? NoUnits, bare, out value))
        {
            problem = UnitProblem(text);
            return false;
        }
        // 0.1KiB and the like: a size is a whole number of bytes, up to the rounding of the conversion.
        if (whole && Math.Abs(value - Math.Round(value)) > 1e-6) problem = $"found {Errors.Shown(text)}, expected {(units is null ? "a whole number" : "a whole number of bytes")}.";
        else if (value < min) problem = $"{Errors.Shown(text)} is too small: the least is {print(min)}.";
        else if (value > max) problem = $"{Errors.Shown(text)} is too large: the most is {print(max)}.";
        if (whole) value = Math.Round(value);
        return problem is null;
    }

    /// <summary>The message where the number is right and only the unit is not.</summary>
    string? UnitProblem(string text)
    {
        if (units is null || text.Length > 40) return null;
        var end = text.Length;
        while (end > 0 && !char.IsAsciiDigit(text[end - 1])) end--;
        var unit = text[end..].Trim();
        if (!double.TryParse(text.AsSpan(0, end), NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out _)) return null;
        if (unit.Length == 0) return $"{Errors.Shown(text)} has no unit: expected {expected}.";
        return units.ContainsKey(unit) ? null : $"{Errors.Shown(unit)} is not a unit here: expected one of {string.Join(' ', units.Keys)}.{Nearest.Hint(unit, units.Keys)}";
    }

    public override JsonObject Schema()
    {
        var types = new JsonArray();
        if (bare) types.Add(whole ? "integer" : "number");
        if (units is not null) types.Add("string");
        var schema = new JsonObject { ["type"] = types.Count == 1 ? types[0]!.GetValue<string>() : types };
        if (bare && min > double.MinValue) schema["minimum"] = min;
        if (bare && max < double.MaxValue) schema["maximum"] = max;
        if (units is not null) schema["pattern"] = $"^\\s*([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?\\s*({string.Join('|', units.Keys)}){(bare ? "?" : "")}\\s*$";
        return schema;
    }
}
