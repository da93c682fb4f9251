using GpuLab.Reports.Html;
using GpuLab.Reports.Plots;
using Markup = GpuLab.Reports.Html.Html;

namespace GpuLab.Reports.Comparison;

/// <summary>Ratios with their intervals, one row a cell, one plot a metric.</summary>
static class RatioSection
{
    const int MostRows = 40, MostPlots = 12, FewRows = 2;

    public static Section? Of(RunComparison c)
    {
        var metrics = c.Cells.Where(p => double.IsFinite(p.Worst)).GroupBy(p => p.Key.Metric).ToList();
        // Metrics of a row or two share a plot: alone each would be more caption than figure.
        var few = metrics.Where(g => g.Count() <= FewRows).ToList();
        var groups = few.Count > 1 ? [(Name: "Single figures", Cells: few.SelectMany(g => g).ToList()), .. metrics.Except(few).Select(Named)] : metrics.Select(Named).ToList();
        return groups.Count == 0 ? null : new("ratios", "Ratios", Markup.Of($"{groups.Take(MostPlots).Select((g, i) => Plot(c, g.Name, [.. g.Cells.OrderBy(p => p.Worst)], i))}"));

        static (string Name, List<ComparedCell> Cells) Named(IGrouping<string, ComparedCell> metric) => (metric.Key, [.. metric]);
    }

    static Markup Plot(RunComparison c, string metric, IReadOnlyList<ComparedCell> cells, int number)
    {
        var shown = cells.Take(MostRows).ToList();
        var rows = CellKey.Shortest([.. shown.Select(p => p.Key)]);
        var marks = new List<Mark> { new Rule("", new(1, -0.5), new(1, rows.Count - 0.5)) };
        var space = 18.0 / Math.Max(1, c.Columns.Count - 1);
        for (var column = 1; column < c.Columns.Count; column++)
        {
            var dots = shown.Select((p, row) => (Outcome: p.Outcomes[column], row)).Where(p => p.Outcome is not null && double.IsFinite(p.Outcome.Ratio.Ratio))
                .Select(p => new Dot(new(p.Outcome!.Ratio.Ratio, p.row), double.IsFinite(p.Outcome.Interval.High) ? new(p.Outcome.Ratio.Ratio, Math.Max(p.Outcome.Interval.Low, p.Outcome.Ratio.Ratio / 20), Math.Min(p.Outcome.Interval.High, p.Outcome.Ratio.Ratio * 20)) : default)).ToList();
            if (dots.Count > 0) marks.Add(new Dots(new(column, c.Named(column)), Along.X, dots) { Shift = c.Columns.Count == 2 ? 0 : (column - (c.Columns.Count / 2.0)) * space });
        }
        var (low, high) = (shown.Min(p => p.Worst), shown.SelectMany(p => p.Outcomes).OfType<Outcome>().Max(o => o.Ratio.Ratio));
        Axis x = high / low > 6 ? new Log($"times {c.Columns[0]}", "1") : new Linear($"times {c.Columns[0]}", "1");
        var plot = new Plot(metric, x, new Band("cell", rows), marks) { Simulated = c.Simulated, Description = $"One row a cell, worst first; right of 1 is better than {c.Columns[0]}." };
        var left = cells.Count > MostRows ? $" The worst {MostRows} of {cells.Count}." : "";
        return Parts.Plot(FormattableString.Invariant($"r{number}"), plot, $"Performance relative to {c.Columns[0]}, worst first: right of the dashed line is better, for rates and for times alike. Bars are 95 % intervals of the ratio over repeats; one that crosses the line shows no difference.{left}");
    }
}
