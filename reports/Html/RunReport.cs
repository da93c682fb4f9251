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
            LayoutsSection.Of(model), SlicesSection.Of(model), SharesSection.Of(model), TogetherSection.Of(model), MatrixSection.Of(model), ContentionSection.Of(model), CurvesSection.Of(model), ReloadSection.Of(model), JointSection.Of(model), LinkSection.Of(model),
            RooflineSection.Of(model), TraceSection.Of(model), TimelineSection.Of(model), TelemetrySection.Of(model), ReconfigurationSection.Of(model), FindingsSection.Of(model),
            RecordSections.Figures(model), DataSection.Of(model), RecordSections.Skipped(model), RecordSections.Provenance(model), RecordSections.Reproduce(model),
        }.OfType<Section>(),
    ];

    static Html Page(ReportModel m, IReadOnlyList<Section> sections) => PageFrame.Of($"{m.Info.Name} · {m.Info.DeviceName}", m.Info.Tool, m.Simulated, $"""
        <h1>{Parts.Name(m.Info.Name)}</h1>
        <p class="sub">{Parts.Name(m.Info.DeviceName)} · <time datetime="{m.Info.Start.ToString("O", CultureInfo.InvariantCulture)}">{m.Info.Start.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture)}</time>{m.Info.Tags.Select(t => Html.Of($" <span class=\"tag\">{Parts.Name(t)}</span>"))}</p>
        {Verdict.Of(m).Select(v => Html.Of($"<p class=\"verdict\">{Parts.Name(v)}</p>"))}
        {Headline.Of(m)}
        {Facts(m)}
        """, sections);

    static Html Facts(ReportModel m)
    {
        var plan = m.Analysis.Run.Plan;
        var done = m.Analysis.Run.Events.OfType<TrialDone>().ToList();
        List<(string Name, string Value)> facts =
        [
            ("device", m.Info.Device), ("partitioner", plan.Partitioner), ("units", FormattableString.Invariant($"{plan.Units} {plan.UnitName}")),
            ("layouts", FormattableString.Invariant($"{plan.Layouts.Count}")),
            ("trials", FormattableString.Invariant($"{done.Count(d => d.Status == "ok")} of {plan.Trials.Count} done")),
        ];
        if (m.Info.Exit != 0) facts.Add(("exit", m.Info.Exit?.ToString(CultureInfo.InvariantCulture) ?? "not ended"));
        return Html.Of($"<dl class=\"strip\">{facts.Select(f => Html.Of($"<div><dt>{Parts.Name(f.Name)}</dt><dd>{Parts.Name(f.Value)}</dd></div>"))}</dl>");
    }
}
