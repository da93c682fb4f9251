using System.Globalization;
using GpuLab.Reports.Plots;
using GpuLab.Results;
using GpuLab.Statistics;

namespace GpuLab.Reports.Html;

/// <summary>The report of one run: one HTML file that needs nothing else, neither a network nor a script.</summary>
public static class RunReport
{
    /// <summary>Renders what follows from a run folder. The same analysis always gives the same text.</summary>
    public static string Render(Analysis analysis)
    {
        var model = new ReportModel(analysis);
        return Page(model, Sections(model)).ToString();
    }

    /// <summary>The figures of the report, in its order, to be written as files of their own.</summary>
    public static IReadOnlyList<IDrawing> Drawings(Analysis analysis)
    {
        var model = new ReportModel(analysis);
        Sections(model);
        return model.Drawings;
    }

    static List<Section> Sections(ReportModel model) =>
    [
        .. new[]
        {
            LayoutsSection.Of(model), SlicesSection.Of(model), TogetherSection.Of(model), MatrixSection.Of(model), ContentionSection.Of(model), CurvesSection.Of(model), TimelineSection.Of(model), FindingsSection.Of(model),
            RecordSections.Figures(model), RecordSections.Skipped(model), RecordSections.Provenance(model), RecordSections.Reproduce(model),
        }.OfType<Section>(),
    ];

    static Html Page(ReportModel m, IReadOnlyList<Section> sections) => $"""
        <!doctype html>
        <html lang="en"{Html.Raw(m.Simulated ? " class=\"simulated\"" : "")}>
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width,initial-scale=1">
        <meta name="generator" content="{m.Info.Tool}">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:">
        <title>{(m.Simulated ? "SIMULATED: " : "")}{m.Info.Name} · {m.Info.DeviceName}</title>
        <style>{Html.Raw(Theme.PageCss)}{Html.Raw(Assets.ReportCss)}</style>
        </head>
        <body>
        {Html.When(m.Simulated, () => Html.Of($"<p class=\"banner\" role=\"note\"><b>SIMULATED</b> Every figure on this page is predicted by a model of the device. Nothing was measured.</p>"))}
        <div class="page">
        <nav aria-label="Contents"><ol>{sections.Select(s => Html.Of($"<li><a href=\"#{s.Id}\">{s.Title}</a></li>"))}</ol></nav>
        <main>
        <header>
        <h1>{Parts.Name(m.Info.Name)}</h1>
        <p class="sub">{Parts.Name(m.Info.DeviceName)} · <time datetime="{m.Info.Start.ToString("O", CultureInfo.InvariantCulture)}">{m.Info.Start.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture)}</time>{m.Info.Tags.Select(t => Html.Of($" <span class=\"tag\">{Parts.Name(t)}</span>"))}</p>
        {Verdict.Of(m).Select(v => Html.Of($"<p class=\"verdict\">{Parts.Name(v)}</p>"))}
        {Headline.Of(m)}
        {Facts(m)}
        </header>
        {sections.Select(s => Html.Of($"<section id=\"{s.Id}\"><h2>{s.Title}</h2>{s.Body}</section>\n"))}
        </main>
        </div>
        <script>{Html.Raw(Assets.PlotJs)}</script><script>{Html.Raw(Assets.ReportJs)}</script>
        </body>
        </html>

        """;

    static Html Facts(ReportModel m)
    {
        var plan = m.Analysis.Run.Plan;
        var done = m.Analysis.Run.Events.OfType<TrialDone>().ToList();
        List<(string Name, string Value)> facts =
        [
            ("device", m.Info.Device), ("partitioner", plan.Partitioner), ("units", FormattableString.Invariant($"{plan.Units} {plan.UnitName}")),
            ("layouts", FormattableString.Invariant($"{plan.Layouts.Count}")),
            ("trials", FormattableString.Invariant($"{done.Count(d => d.Status == "ok")} of {plan.Trials.Count} done")),
            ("exit", m.Info.Exit?.ToString(CultureInfo.InvariantCulture) ?? "not ended"),
        ];
        return Html.Of($"<dl class=\"strip\">{facts.Select(f => Html.Of($"<div><dt>{Parts.Name(f.Name)}</dt><dd>{Parts.Name(f.Value)}</dd></div>"))}</dl>");
    }
}
