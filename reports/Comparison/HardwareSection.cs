using GpuLab.Reports.Html;
using GpuLab.Reports.Plots;
using GpuLab.Results;
using Markup = GpuLab.Reports.Html.Html;

namespace GpuLab.Reports.Comparison;

/// <summary>For someone who chooses between devices: what each one does as a whole, absolutely and for what it is given.</summary>
static class HardwareSection
{
    const int MostRows = 24;

    public static Section? Of(RunComparison c)
    {
        if (c.By != "run" || c.Subject != "device") return null;
        // A size a probe: that at the end of its axis, which no cache holds.
        var cells = c.Cells.Where(p => p.Key.Layout == "whole" && p.Key.Phase?.HasOthers() != true)
            .GroupBy(p => (p.Key.Metric, p.Key.Mode, Others: p.Probe.Axis is { } axis ? First(p).Figure.Parameters.Without(axis).ToString() : p.Key.Parameters))
            .Select(g => g.MaxBy(p => p.Probe.Axis is { } axis ? First(p).Figure.Parameters.Number(axis, 0) : 0)!).Take(MostRows).ToList();
        return cells.Count == 0 ? null : new("devices", "Device against device", Markup.Of($"{Bars(c, cells)}{Table(c, cells)}{Explained(c, cells)}"));
    }

    static Side First(ComparedCell cell) => cell.Sides.OfType<Side>().First();

    static Markup Bars(RunComparison c, List<ComparedCell> cells)
    {
        var shown = cells.Where(p => p.Sides[0] is not null && p.Outcomes.OfType<Outcome>().Any(o => double.IsFinite(o.Ratio.Ratio))).Take(12).ToList();
        if (shown.Count == 0) return Markup.Empty;
        var marks = Enumerable.Range(0, c.Columns.Count).Select(i => (Mark)new Bars(new(i, c.Named(i)), [.. shown.Select(p => Height(p, i))]));
        var plot = new Plot("Each device as a whole", new Band("", [.. shown.Select(p => p.Probe.Id)]), new Linear($"times {c.Columns[0]}", "1", 0), [.. marks]) { Simulated = c.Simulated, Description = $"Performance of each uncut device relative to {c.Columns[0]}, one group of bars a probe." };
        return Parts.Plot("d0", plot, $"Performance of the uncut device relative to {c.Columns[0]}: taller is better, for rates and for times alike. Whiskers are 95 % intervals.");
    }

    static Estimate Height(ComparedCell cell, int column)
    {
        if (column == 0) return new(1, 1, 1);
        if (cell.Outcomes[column] is not { } o || !double.IsFinite(o.Ratio.Ratio)) return new(double.NaN, double.NaN, double.NaN);
        return double.IsFinite(o.Interval.High) ? new(o.Ratio.Ratio, o.Interval.Low, o.Interval.High) : new(o.Ratio.Ratio, o.Ratio.Ratio, o.Ratio.Ratio);
    }

    static Markup Table(RunComparison c, List<ComparedCell> cells) => Markup.Of($"""
        <div class="scroll"><table class="sortable"><thead><tr><th>metric</th><th>device</th><th class="n">value</th><th class="n">times {c.Columns[0]}</th><th class="n">of ceiling</th><th class="n">per SM or core</th><th class="n">per B/s of memory</th><th class="n">per W</th></tr></thead><tbody>
        {cells.SelectMany(p => p.Sides.Select((s, i) => (s, i)).Where(s => s.s is not null).Select(s => Row(c, p, s.s!, s.i)))}
        </tbody></table></div>
        <p class="more">Per W is of the power read during the trials where it was read, else of the board's limit; “–” is not known.</p>
        """);

    static Markup Row(RunComparison c, ComparedCell cell, Side side, int column)
    {
        var (unit, n) = (cell.Metric.Unit, side.Normalised);
        return Markup.Of($"<tr>{Parts.Cell($"{cell.Key.Metric} {cell.Key.Parameters}".TrimEnd())}<td class=\"keep\">{Parts.Name(c.Named(column))}</td>{Parts.Value(side.Figure.Median, unit)}{Parts.Value(column == 0 ? 1 : cell.Outcomes[column]?.Ratio.Ratio ?? double.NaN, "1")}{Parts.Percent(n.OfCeiling)}{Value(n.PerUnit, unit)}{Value(n.PerBandwidth, "1")}{Value(n.PerWatt, unit)}</tr>");
    }

    static Markup Value(double? value, string unit) => Parts.Value(value ?? double.NaN, unit);

    static Markup Explained(RunComparison c, List<ComparedCell> cells)
    {
        var rows = cells.SelectMany(p => p.Outcomes.Select((o, i) => (p, o, i))).Where(r => r.o?.Factors is not null).ToList();
        return Markup.When(rows.Count > 0, () => Markup.Of($"""
            <h3>What the data sheets explain</h3>
            <div class="scroll"><table class="sortable"><thead><tr><th>metric</th><th>device</th><th class="n">ratio</th><th class="n">units</th><th class="n">× clock</th><th class="n">× bandwidth</th><th class="n">× rest</th></tr></thead><tbody>
            {rows.Select(r => Markup.Of($"<tr>{Parts.Cell($"{r.p.Key.Metric} {r.p.Key.Parameters}".TrimEnd())}<td class=\"keep\">{Parts.Name(c.Named(r.i))}</td>{Parts.Value(r.o!.Ratio.Ratio, "1")}{Value(r.o.Factors!.Units, "1")}{Value(r.o.Factors.Clock, "1")}{Value(r.o.Factors.Bandwidth, "1")}{Parts.Value(r.o.Factors.Rest, "1")}</tr>"))}
            </tbody></table></div>
            """));
    }
}
