using System.Globalization;
using GpuLab.Statistics;

namespace GpuLab.Reports.Html;

/// <summary>What a reader must know, worst first, each cause once with its remedy and the figures it is about.</summary>
static class FindingsSection
{
    public static Section? Of(ReportModel model)
    {
        var groups = FindingGroup.Of(model.Analysis.Findings);
        return groups.Count == 0 ? null : new("findings", "Findings", Html.Of($"<ul class=\"findings\">{groups.Select(Item)}</ul>"));
    }

    static Html Item(FindingGroup g)
    {
        var first = g.Findings[0];
        return Html.Of($"""
            <li class="{Class(g.Severity)}"><b class="severity">{Word(g.Severity)}</b> <code>{g.Gate}</code> {Subject(g)}<p>{Parts.Name(first.Message)}</p>{Others(g)}{Html.When(first.Remedy.Length > 0, () => Html.Of($"<p class=\"remedy\"><b>What to do:</b> {Parts.Name(first.Remedy)}</p>"))}</li>
            """);
    }

    static Html Subject(FindingGroup g) => g.Findings.Count == 1
        ? Parts.Name(g.Findings[0].Subject)
        : Html.Of($"{Parts.Name(g.Findings[0].Subject)} and {(g.Findings.Count - 1).ToString(CultureInfo.InvariantCulture)} more");

    static Html Others(FindingGroup g) => Html.When(g.Findings.Count > 1, () => Html.Of($"""
        <details><summary>The other {(g.Findings.Count - 1).ToString(CultureInfo.InvariantCulture)}</summary><dl>{g.Findings.Skip(1).Select(f => Html.Of($"<dt>{Parts.Name(f.Subject)}</dt><dd>{Parts.Name(f.Message)}</dd>"))}</dl></details>
        """));

    static string Class(Severity s) => s switch { Severity.Invalid => "invalid", Severity.Suspect => "suspect", _ => "remark" };

    static string Word(Severity s) => s switch { Severity.Invalid => "Invalid", Severity.Suspect => "Suspect", _ => "Note" };
}
