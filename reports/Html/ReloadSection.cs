using GpuLab.Reports.Kv;
using GpuLab.Reports.Plots;

namespace GpuLab.Reports.Html;

/// <summary>Keys and values of a prompt: brought back from each tier against made anew, by length.</summary>
static class ReloadSection
{
    public static Section? Of(ReportModel model)
    {
        var studies = ReloadStudy.Of([.. model.Analysis.Figures]);
        return studies.Count == 0 ? null : new("reload", "Reload or recompute", Html.Of($"{studies.Select(s => Study(model, s))}"));
    }

    static Html Study(ReportModel model, ReloadStudy study)
    {
        var title = $"{study.What} on {study.Slice} of {study.Layout}, {(study.Together ? "all slices at once" : "alone")}";
        var tiers = study.Tiers.ToList();
        var lines = tiers.Select((tier, i) => (Mark)new Line(new Series(i + 1, tier), [.. study.Points.SelectMany(p => p.Tiers.Where(t => t.Tier == tier).Select(t => new XY(p.Tokens, t.Seconds)))]));
        var plot = new Plot(title, new Log("tokens of the prompt", "1", 2), new Log("time until the cache is there", "s", 10),
            [new Line(new Series(0, "recompute"), [.. study.Points.Select(p => new XY(p.Tokens, p.Recompute))]), .. lines])
        { DirectLabels = true, Simulated = model.Simulated, Description = "Time to have the keys and values of a prompt, over its length: made anew, and moved from each tier." };
        var caption = $"{string.Join(" ", tiers.Select(t => $"From {Tier(t)} it {study.BreakEven(t)}."))} B* is the rate a link needs for reloading to take as long as recomputing: bytes of a token × tokens made per second, both measured.";
        return Html.Of($"{Html.When(study.Points.Count > 1, () => Parts.Plot(model, plot, caption))}{Html.When(study.Points.Count == 1, () => Html.Of($"<p>{Parts.Name(title)}. {caption}</p>"))}{Table(study, tiers)}");
    }

    static string Tier(string tier) => tier switch { "pinned" => "memory", "cache" => "the page cache", _ => tier };

    static Html Table(ReloadStudy study, IReadOnlyList<string> tiers) => Html.Of($"""
        <div class="scroll"><table class="sortable"><thead><tr><th class="n">tokens</th><th class="n">recompute</th><th class="n">B*</th>{tiers.Select(t => Html.Of($"<th class=\"n\">{t}</th><th class=\"n\">rate</th><th class=\"n\">recompute ÷ {t}</th>"))}</tr></thead><tbody>
        {study.Points.Select(p => Html.Of($"<tr>{Parts.Value(p.Tokens, "1")}{Parts.Value(p.Recompute, "s")}{Parts.Value(p.Needed, "B/s")}{tiers.Select(t => Cells(p, t))}</tr>"))}
        </tbody></table></div>
        """);

    static Html Cells(ReloadPoint point, string tier) => point.Tiers.FirstOrDefault(t => t.Tier == tier) is { } found
        ? Html.Of($"{Parts.Value(found.Seconds, "s")}{Parts.Value(found.Rate, "B/s")}{Parts.Value(point.Recompute / found.Seconds, "1")}")
        : Html.Of($"<td class=\"n\">–</td><td class=\"n\">–</td><td class=\"n\">–</td>");
}
