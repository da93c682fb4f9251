using GpuLab.Statistics;

namespace GpuLab.Reports.Html;

/// <summary>What a reader must know, worst first, each with its remedy.</summary>
static class FindingsSection
{
    public static Section? Of(ReportModel model)
    {
        var findings = model.Analysis.Findings.OrderByDescending(f => f.Severity).ThenBy(f => f.Gate, StringComparer.Ordinal).ToList();
        return findings.Count == 0 ? null : new("findings", "Findings", Html.Of($"<ul class=\"findings\">{findings.Select(Item)}</ul>"));
    }

    static Html Item(Finding f) => Html.Of($"""
        <li class="{Class(f.Severity)}"><b class="severity">{Word(f.Severity)}</b> <code>{f.Gate}</code> {Parts.Name(f.Subject)}<p>{Parts.Name(f.Message)}</p>{Html.When(f.Remedy.Length > 0, () => Html.Of($"<p class=\"remedy\"><b>What to do:</b> {Parts.Name(f.Remedy)}</p>"))}</li>
        """);

    static string Class(Severity s) => s switch { Severity.Invalid => "invalid", Severity.Suspect => "suspect", _ => "remark" };

    static string Word(Severity s) => s switch { Severity.Invalid => "Invalid", Severity.Suspect => "Suspect", _ => "Note" };
}
