using GpuLab.Reports.Plots;

namespace GpuLab.Reports.Html;

/// <summary>What is left of each slice's solo performance while the others work.</summary>
static class TogetherSection
{
    const int MostRows = 60;

    public static Section? Of(ReportModel model)
    {
        var curves = model.Curves.SelectMany(c => c).ToHashSet(ReferenceEqualityComparer.Instance);
        var pairs = Pair.Of(model.Main.Where(f => !curves.Contains(f))).Where(p => double.IsFinite(p.Kept)).OrderBy(p => p.Kept).ToList();
        var judged = model.Analysis.Couplings.Where(c => !c.Together.ForRatio && !curves.Contains(c.Together)).ToList();
        if (pairs.Count == 0 && judged.Count == 0) return null;
        return new("together", "Alone against together", Html.Of($"{Html.When(pairs.Count > 0, () => Kept(model, pairs))}{Html.When(judged.Count > 0, () => MatrixSection.Table(model, judged))}"));
    }

    static Html Kept(ReportModel model, List<Pair> pairs)
    {
        var shown = pairs.Take(MostRows).ToList();
        var rows = shown.Select(p => $"{model.Brief(p.Together.Probe, p.Together.Parameters)} · {model.Slice(p.Together.Layout, p.Together.Slice).Name}").ToList();
        var dots = shown.Select((p, i) => new Dot(new(p.Kept, i), new(p.Kept, p.Interval.Low, p.Interval.High), "", model.Slice(p.Together.Layout, p.Together.Slice))).ToList();
        var plot = new Plot("Performance kept beside busy neighbours", new Linear("share of solo performance", "%", Math.Min(0.5, Math.Floor(dots.Min(d => d.Interval.Low) * 10) / 10)), new Band("what · where", rows),
            new Rule("alone", new(1, -0.5), new(1, rows.Count - 0.5)), new Dots(new(-1, "kept"), Along.X, dots))
        { Simulated = model.Simulated, Description = "One row a slice and probe, worst first; 100 % is isolation." };
        var left = pairs.Count > MostRows ? $" The worst {MostRows} of {pairs.Count}." : "";
        return Parts.Plot(model, plot, $"Worst first; 100 % is isolation, for rates and for times alike. Bars are quotients of interval ends, so they are wider than 95 % intervals; the table has those of the ratios.{left}");
    }
}
