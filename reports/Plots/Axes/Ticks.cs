using GpuLab.Model;

namespace GpuLab.Reports.Plots;

/// <summary>Choosing ticks whose labels differ and do not touch.</summary>
static class Ticks
{
    /// <summary>The first candidate whose labels have room on the track; the last, thinned until it fits, when none has.</summary>
    public static IReadOnlyList<Tick> Choose(IEnumerable<IReadOnlyList<Tick>> candidates, Track track, Func<double, double> map)
    {
        IReadOnlyList<Tick> last = [];
        foreach (var candidate in candidates)
        {
            if (candidate.Count == 0) continue;
            if (Fits(candidate, track, map)) return candidate;
            last = candidate;
        }
        while (last.Count > 1 && !Fits(last, track, map)) last = [.. last.Where((_, i) => i % 2 == 0)];
        return last;
    }

    public static bool Fits(IReadOnlyList<Tick> ticks, Track track, Func<double, double> map)
    {
        for (var i = 1; i < ticks.Count; i++)
        {
            if (ticks[i].Label == ticks[i - 1].Label) return false;
            var apart = Math.Abs(map(ticks[i].Value) - map(ticks[i - 1].Value)) * track.Length;
            if (apart < (track.Vertical ? 20 : ((TextWidth.Of(ticks[i].Label) + TextWidth.Of(ticks[i - 1].Label)) / 2) + 12)) return false;
        }
        return true;
    }

    /// <summary>Multiples of a step between two values.</summary>
    public static IReadOnlyList<Tick> Multiples(double low, double high, double step, Func<double, string> label)
    {
        var ticks = new List<Tick>();
        for (var i = Math.Ceiling((low / step) - 1e-9); i * step <= high + (step * 1e-9) && ticks.Count < 100; i++) ticks.Add(new(i * step, label(i * step)));
        return ticks;
    }

    /// <summary>The 1, 2 or 5 times a power of ten that divides a span into at most <paramref name="count"/> parts.</summary>
    public static double NiceStep(double span, int count)
    {
        var raw = span / Math.Max(1, count);
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        return (raw / power) switch { <= 1.0000001 => power, <= 2.0000001 => 2 * power, <= 5.0000001 => 5 * power, _ => 10 * power };
    }

    /// <summary>A figure as <see cref="Pretty"/> writes it, without zeros that say nothing on an axis: <c>64 MiB</c>, <c>2 ns</c>.</summary>
    public static string Short(double value, string unit)
    {
        var text = Pretty.Value(value, unit);
        var end = text.IndexOf(' ', StringComparison.Ordinal) is var space and >= 0 ? space : text.Length;
        var number = text[..end];
        if (number.Contains('.', StringComparison.Ordinal) && !number.Contains('e', StringComparison.Ordinal)) number = number.TrimEnd('0').TrimEnd('.');
        return number + text[end..];
    }
}
