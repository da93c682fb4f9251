using GpuLab.Model;
using GpuLab.Reports.Joint;

namespace GpuLab.Reports.Html;

/// <summary>One piece of work by one slice, and by several as one: what it costs to share it.</summary>
static class JointSection
{
    public static Section? Of(ReportModel model)
    {
        var studies = JointStudy.Of(model.Analysis.Figures);
        return studies.Count == 0 ? null : new("joint", "One slice or several as one", Html.Of($"{studies.Select(s => Study(model, s))}"));
    }

    static Html Study(ReportModel model, JointStudy study)
    {
        List<Metric> metrics = [.. study.Probe.Metrics.Where(m => study.Ways.Any(w => w.Figures.Any(f => f.Metric == m)))];
        return Html.Of($"""
            <h3>{Parts.Name(ReportModel.Title(study.Probe, study.What))}</h3>
            <p>{study.Verdicts.Select(v => Html.Of($"{Parts.Name(v)}. "))}Each way against the fastest single slice of the same run; the range is the quotient of interval ends.{(model.Simulated ? " Simulated: predicted, not measured." : "")}</p>
            <div class="scroll"><table class="sortable"><thead><tr><th>layout</th><th>who</th><th>how</th>{metrics.Select(m => Html.Of($"<th class=\"n\">{m.Name.Replace('_', ' ')}</th>"))}<th class="n">÷ single</th><th>least … most</th><th>verdict</th><th>flags</th></tr></thead><tbody>
            {study.Ways.Select(w => Row(study, w, metrics))}
            </tbody></table></div>
            """);
    }

    static Html Row(JointStudy study, JointWay way, List<Metric> metrics)
    {
        var ratio = study.Ratio(way);
        var verdict = ratio is { } r ? Html.Of($"{Parts.Value(r.Value, "1")}<td>{Pretty.Digits(r.Low)} … {Pretty.Digits(r.High)}</td><td>{r.Verdict}</td>") : Html.Of($"<td class=\"n\">–</td><td>–</td><td>{(way == study.Single ? "compared with" : "–")}</td>");
        return Html.Of($"<tr><td>{Parts.Name(way.Layout)}</td><td>{Parts.Name(way.Profiles)}{(way.Slices > 1 ? " as one" : " alone")}</td><td>{Parts.Name(way.Parameters.ToString())}</td>{metrics.Select(m => Value(way, m))}{verdict}{Parts.Flags(way.Flags)}</tr>");
    }

    static Html Value(JointWay way, Metric metric) => way.Figures.FirstOrDefault(f => f.Metric == metric) is { } found ? Parts.Value(found.Value, metric.Unit) : Html.Of($"<td class=\"n\">–</td>");
}
