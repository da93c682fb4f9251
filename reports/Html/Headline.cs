using GpuLab.Model;
using GpuLab.Results;

namespace GpuLab.Reports.Html;

/// <summary>The few figures a reader looks for first: each main metric of the least divided layout, measured alone.</summary>
static class Headline
{
    const int Most = 8;

    public static Html Of(ReportModel m)
    {
        var tiles = Tiles(m).Take(Most).ToList();
        return Html.When(tiles.Count > 0, () => Html.Of($"<dl class=\"headline\">{tiles.Select(t => Html.Of($"<div><dt>{Parts.Name(t.Name)}</dt><dd>{t.Value}</dd></div>"))}</dl>"));
    }

    static IEnumerable<(string Name, string Value)> Tiles(ReportModel m)
    {
        var layout = m.Analysis.Run.Plan.Layouts.OrderBy(l => l.Slices.Count).ThenByDescending(l => l.Layout == "whole").FirstOrDefault();
        if (layout is null) yield break;
        var slice = layout.Slices[0].Name;
        var alone = m.Main.Where(f => f.Layout == layout.Layout && f.Slice == slice && f.Phase == Phase.Solo && f.Probe.Axis is null);
        foreach (var figure in alone.DistinctBy(f => (f.Probe.Id, f.Parameters))) yield return (slice == "whole" ? m.Brief(figure.Probe, figure.Parameters) : $"{m.Brief(figure.Probe, figure.Parameters)} on {slice}", Pretty.Value(figure.Median, figure.Metric.Unit));
        if (m.Analysis.Plateaus.LastOrDefault(p => p.Layout == layout.Layout) is { } slowest) yield return ($"{slowest.Probe}, largest sets", Pretty.Time(slowest.Value));
    }
}
