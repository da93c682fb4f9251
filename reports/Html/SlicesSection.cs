using GpuLab.Model;
using GpuLab.Reports.Plots;
using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Reports.Html;

/// <summary>Figures by slice: alone and together side by side, with intervals and ceilings.</summary>
static class SlicesSection
{
    /// <summary>Works of one probe share a plot while it has no more rows than this.</summary>
    const int MostShared = 24;

    /// <summary>What a page can draw and still be opened.</summary>
    const int MostPlots = 40;

    /// <summary>Values further apart than this are told apart on a logarithmic axis only.</summary>
    const double Wide = 30;

    static readonly Series Alone = new(-1, "alone"), Together = new(-1, "together");

    /// <summary>One kind of work on one slice.</summary>
    sealed record Row(Parameters Parameters, string Layout, string Slice, IReadOnlyList<Figure> Figures)
    {
        public Figure? Alone { get; } = Figures.FirstOrDefault(f => f.Phase == Phase.Solo) ?? Figures.FirstOrDefault(f => f.Phase == Phase.SoloBefore);

        public Figure? Together { get; } = Figures.FirstOrDefault(f => f.Phase == Phase.Together);

        public Figure Any => (Alone ?? Together)!;

        public double? Kept { get; } = Pair.Of(Figures).Select(p => (double?)p.Kept).FirstOrDefault();

        public IReadOnlyList<string> Flags { get; } = [.. Figures.SelectMany(f => f.Flags).Distinct()];
    }

    public static Section? Of(ReportModel model)
    {
        var works = model.Points.Select(g => (g.Key.Probe, Rows: Rows([.. g]))).Where(w => w.Rows.Count > 0).ToList();
        if (works.Count == 0) return null;
        var groups = works.GroupBy(w => w.Probe).SelectMany(g => g.Sum(w => w.Rows.Count) <= MostShared ? [[.. g.SelectMany(w => w.Rows)]] : g.Select(w => w.Rows)).ToList();
        var left = groups.Count > MostPlots ? Html.Of($"<p class=\"more\">The first {MostPlots} of {groups.Count} plots; the table of all figures has the others.</p>") : Html.Empty;
        return new("slices", "Figures by slice", Html.Of($"{groups.Take(MostPlots).Select(rows => Group(model, rows))}{left}"));
    }

    static List<Row> Rows(IReadOnlyList<Figure> figures) => [.. figures.GroupBy(f => (f.Layout, f.Slice)).Select(g => new Row(g.First().Parameters, g.Key.Layout, g.Key.Slice, [.. g])).Where(r => r.Alone is not null || r.Together is not null)];

    static Html Group(ReportModel model, IReadOnlyList<Row> rows)
    {
        var (probe, metric) = (rows[0].Any.Probe, rows[0].Any.Probe.Main);
        var shared = rows[0].Parameters.Where(p => rows.All(r => r.Parameters[p.Key] == p.Value)).ToList();
        string What(Row r) => new Parameters([.. r.Parameters.Where(p => !shared.Contains(p))]).ToString();
        var works = rows.Any(r => What(r).Length > 0);
        var slices = rows.DistinctBy(r => (r.Layout, r.Slice)).Count() > 1;
        string Name(Row r) => !works ? model.Slice(r.Layout, r.Slice).Name : slices ? $"{What(r)} · {model.Slice(r.Layout, r.Slice).Name}" : What(r);

        var ceilings = rows.Index().Where(r => r.Item.Any.Ceiling is not null).Select(r => new Rule("", new(r.Item.Any.Ceiling!.Value.Value, r.Index - 0.42), new(r.Item.Any.Ceiling.Value.Value, r.Index + 0.42))).ToList();
        var plot = new Plot(ReportModel.Title(probe, new([.. shared])), Axis(metric, rows), new Band(works ? "what" : "slice", [.. rows.Select(Name)]), [.. Dots(model, rows), .. ceilings])
        { Simulated = model.Simulated, Description = $"{probe.Summary}. Medians with intervals, one row a {(works ? "kind of work" : "slice")}." };
        var caption = $"{Sentence(probe.Summary)} {(metric.Better == Better.Higher ? "Higher" : "Lower")} is better; bars are {Kind(rows)}.{(ceilings.Count > 0 ? " Dashed uprights are ceilings." : "")}";
        return Html.Of($"{Parts.Plot(model, plot, caption)}{Table(model, rows, works ? What : null)}");
    }

    static Axis Axis(Metric metric, IReadOnlyList<Row> rows)
    {
        var medians = rows.SelectMany(r => r.Figures).Select(f => f.Median).Where(double.IsFinite).ToList();
        return medians.Count > 0 && medians.Min() > 0 && medians.Max() > Wide * medians.Min() ? new Log(metric.Name, metric.Unit) : new Linear(metric.Name, metric.Unit, 0);
    }

    /// <summary>Alone and together lie one over the other in rows that have both, and in the middle of the others.</summary>
    static IEnumerable<Mark> Dots(ReportModel model, IReadOnlyList<Row> rows)
    {
        foreach (var (series, open, shift, figure) in ((Series, bool, double, Func<Row, Figure?>)[])[(Alone, false, -5, r => r.Alone), (Together, true, 5, r => r.Together)])
        {
            foreach (var both in (bool[])[true, false])
            {
                var dots = rows.Index().Where(r => figure(r.Item) is not null && (r.Item is { Alone: not null, Together: not null }) == both).Select(r => Dot(model, figure(r.Item)!, r.Index)).ToList();
                if (dots.Count > 0) yield return new Dots(series, Along.X, dots) { Open = open, Shift = both ? shift : 0 };
            }
        }
    }

    static Dot Dot(ReportModel model, Figure f, int row) => new(new(f.Median, row), new(f.Median, f.Interval.Low, f.Interval.High), "", model.Slice(f.Layout, f.Slice));

    static Html Table(ReportModel model, IReadOnlyList<Row> rows, Func<Row, string>? what) => SortableTable.Lit(rows, r => model.Slice(r.Layout, r.Slice).Name,
        new("what", r => Parts.Cell(what!(r)), Shown: what is not null),
        new("layout", r => Parts.Cell(r.Layout)),
        new("slice", r => Parts.Marked(Parts.Slice(model, r.Layout, r.Slice))),
        new("alone", r => Median(r.Alone), true),
        new("together", r => Median(r.Together), true, rows.Any(r => r.Together is not null)),
        new("kept", r => Parts.Percent(r.Kept), true, rows.Any(r => r.Kept is not null)),
        new("of ceiling", r => Parts.Percent(r.Any.Ceiling?.Share), true, rows.Any(r => r.Any.Ceiling is not null)),
        new("spread", r => Parts.Percent(r.Any.Spread), true),
        new("overlap", r => Parts.Percent(r.Together?.Overlap), true, rows.Any(r => r.Together?.Overlap is not null)),
        new("flags", r => Parts.Flags(r.Flags), Shown: rows.Any(r => r.Flags.Count > 0)));

    static Html Median(Figure? f) => f is null ? Html.Of($"<td class=\"n\">–</td>") : Parts.Value(f.Median, f.Metric.Unit);

    static string Kind(IReadOnlyList<Row> rows) => string.Join(" or ", rows.SelectMany(r => r.Figures).Select(f => f.Interval.Kind).Distinct()) is { Length: > 0 } kind ? $"intervals ({kind})" : "intervals";

    internal static string Sentence(string text) => text.Length == 0 || text.EndsWith('.') ? text : text + ".";
}
