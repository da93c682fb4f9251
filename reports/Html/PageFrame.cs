namespace GpuLab.Reports.Html;

/// <summary>What every page is made of besides its contents: one file that needs nothing else, neither a network nor a script.</summary>
static class PageFrame
{
    /// <param name="header">Between the start of <c>main</c> and the first section.</param>
    public static Html Of(string title, string generator, bool simulated, Html header, IReadOnlyList<Section> sections) => $"""
        <!doctype html>
        <html lang="en"{Html.Raw(simulated ? " class=\"simulated\"" : "")}>
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width,initial-scale=1">
        <meta name="generator" content="{generator}">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:">
        <title>{(simulated ? "SIMULATED: " : "")}{title}</title>
        <style>{Html.Raw(Plots.Theme.PageCss)}{Html.Raw(Assets.ReportCss)}{Html.Raw(simulated ? Assets.SimulatedCss : "")}</style>
        </head>
        <body>
        {Html.When(simulated, () => Html.Of($"<p class=\"banner\" role=\"note\"><b>SIMULATED</b> Figures of simulated devices are predicted by a model. They were not measured.</p>"))}
        <div class="page">
        <nav aria-label="Contents"><ol>{sections.Select(s => Html.Of($"<li><a href=\"#{s.Id}\">{s.Title}</a></li>"))}</ol></nav>
        <main>
        <header>
        {header}
        </header>
        {sections.Select(s => Html.Of($"<section id=\"{s.Id}\"><h2>{s.Title}</h2>{s.Body}</section>\n"))}
        </main>
        </div>
        <script>{Html.Raw(Assets.PlotJs)}</script><script>{Html.Raw(Assets.ReportJs)}</script>
        </body>
        </html>

        """;
}
