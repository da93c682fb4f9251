namespace GpuLab.Reports.Plots;

/// <summary>Equal distances for equal differences. All tick labels share one unit, which stands in the title.</summary>
/// <param name="Min">Fixed low end; null starts at zero unless the data lie far from it.</param>
public sealed record Linear(string Title, string Unit, double? Min = null, double? Max = null) : Axis(Title, Unit)
{
    /// <summary>Differences below this are no extent: steps of them cannot be counted.</summary>
    const double Smallest = 1e-250;

    /// <summary>Whether only whole numbers have a meaning.</summary>
    public bool Whole { get; init; }

    public override Scale Fit(double low, double high, Track track)
    {
        (low, high) = (Min ?? (low >= 0 && low < 0.7 * high ? 0 : low), Max ?? high);
        if (!(high > low) || high - low < Smallest) (low, high) = (Min ?? Math.Min(low, 0), Math.Abs(low) < Smallest ? 1 : low + (Math.Abs(low) * 0.1));
        var room = Math.Max(1, (int)(track.Length / (track.Vertical ? 46 : 54)));
        if (Min is null || Max is null)
        {
            var step = Step(high - low, room, Common(Math.Max(Math.Abs(low), Math.Abs(high)), Unit).Factor);
            if (Min is null) low = Math.Floor((low / step) + 1e-9) * step;
            if (Max is null) high = Math.Ceiling((high / step) - 1e-9) * step;
        }
        var (factor, unit) = Common(Math.Max(Math.Abs(low), Math.Abs(high)), Unit);
        double Map(double v) => (v - low) / (high - low);
        var ticks = Ticks.Choose(Enumerable.Range(0, room).Select(i => Ticks.Multiples(low, high, Step(high - low, room - i, factor), v => Ticks.Short(v / factor, "1"))), track, Map);
        return new(this, "linear", unit.Length == 0 ? Title : $"{Title}, {unit}", low, high, track, ticks, Map);
    }

    /// <summary>Round in the unit of the labels: of bytes these are no powers of ten.</summary>
    double Step(double span, int count, double factor) => Whole ? Math.Max(1, Ticks.NiceStep(span, count)) : Unit == "B" ? factor * Ticks.NiceStep(span / factor, count) : Ticks.NiceStep(span, count);

    /// <summary>One unit for all labels, and what it is worth in SI.</summary>
    static (double Factor, string Unit) Common(double max, string unit)
    {
        if (unit is "1" or "" || max == 0) return (1, unit == "1" ? "" : unit);
        if (unit == "%") return (0.01, "%");
        if (unit == "B") return Math.Clamp((int)Math.Floor(Math.Log2(max) / 10), 0, 4) is var k ? (Math.Pow(1024, k), new[] { "B", "KiB", "MiB", "GiB", "TiB" }[k]) : default;
        var power = Math.Clamp((int)Math.Floor(Math.Log10(max * (1 + 1e-9)) / 3), -4, unit == "s" ? 0 : 5);
        return (Math.Pow(1000, power), new[] { "p", "n", "µ", "m", "", "k", "M", "G", "T", "P" }[power + 4] + unit);
    }
}
