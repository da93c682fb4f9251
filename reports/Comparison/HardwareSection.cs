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

    static Markup Table(RunComparison c, List<ComparedCell> cells)
    {
        var table = SortableTable.Of([.. cells.SelectMany(p => p.Sides.Select((s, i) => (Cell: p, Side: s, Column: i)).Where(r => r.Side is not null))],
            new("metric", r => Parts.Cell(What(r.Cell))),
            new("device", r => Named(c, r.Column)),
            new("value", r => Parts.Value(r.Side!.Figure.Median, r.Cell.Metric.Unit), true),
            new($"times {c.Columns[0]}", r => Parts.Value(r.Column == 0 ? 1 : r.Cell.Outcomes[r.Column]?.Ratio.Ratio ?? double.NaN, "1"), true),
            new("of ceiling", r => Parts.Percent(r.Side!.Normalised.OfCeiling), true),
            new("per SM or core", r => Value(r.Side!.Normalised.PerUnit, r.Cell.Metric.Unit), true),
            new("per B/s of memory", r => Value(r.Side!.Normalised.PerBandwidth, "1"), true),
            new("per W", r => Value(r.Side!.Normalised.PerWatt, r.Cell.Metric.Unit), true));
        return Markup.Of($"{table}<p class=\"more\">Per W is of the power read during the trials where it was read, else of the board's limit; “–” is not known.</p>");
    }

    static string What(ComparedCell cell) => $"{cell.Key.Metric} {cell.Key.Parameters}".TrimEnd();

    static Markup Named(RunComparison c, int column) => Markup.Of($"<td class=\"keep\">{Parts.Name(c.Named(column))}</td>");

    static Markup Value(double? value, string unit) => Parts.Value(value ?? double.NaN, unit);

    static Markup Explained(RunComparison c, List<ComparedCell> cells)
    {
        var rows = cells.SelectMany(p => p.Outcomes.Select((o, i) => (p, o, i))).Where(r => r.o?.Factors is not null).ToList();
        return Markup.When(rows.Count > 0, () => Markup.Of($"""
            <h3>What the data sheets explain</h3>
            {SortableTable.Of(rows,
                new("metric", r => Parts.Cell(What(r.p))),
                new("device", r => Named(c, r.i)),
                new("ratio", r => Parts.Value(r.o!.Ratio.Ratio, "1"), true),
                new("units", r => Value(r.o!.Factors!.Units, "1"), true),
                new("× clock", r => Value(r.o!.Factors!.Clock, "1"), true),
                new("× bandwidth", r => Value(r.o!.Factors!.Bandwidth, "1"), true),
                new("× rest", r => Parts.Value(r.o!.Factors!.Rest, "1"), true))}
            """));
    }
}
